/** Money is a bigint of minor units here too: never a float. */

/** `100000n` → `₹1,000.00`, `12345678900n` → `₹12,34,56,789.00`: the last three digits, then pairs. */
export function formatRupees(minor) {
  const amount = BigInt(minor);
  const size = amount < 0n ? -amount : amount;
  const paise = (size % 100n).toString().padStart(2, '0');
  return `${amount < 0n ? '−' : ''}₹${groupIndian((size / 100n).toString())}.${paise}`;
}

/** The same without paise where there are none, for chips and buttons: `₹1,000`. */
export function formatRupeesShort(minor) {
  return formatRupees(minor).replace(/\.00$/, '');
}

/** `25`, `1,000` or `12.50` → minor units; undefined for anything else. */
export function parseRupees(text) {
  const match = /^(\d{1,12})(?:\.(\d{1,2}))?$/.exec(text.trim().replaceAll(',', ''));
  if (!match) return undefined;
  const amount = BigInt(match[1]) * 100n + BigInt((match[2] ?? '').padEnd(2, '0'));
  return amount > 0n ? amount : undefined;
}

function groupIndian(digits) {
  const head = digits.slice(0, -3).replace(/\B(?=(\d{2})+$)/g, ',');
  return head === '' ? digits : `${head},${digits.slice(-3)}`;
}
