/** What bets pay and return, in words. `pays` are gross multiples of the stake: `{text, numerator, denominator}`. */

/** `pays 4.5×`; of several, all that it can be, the most first: `pays 2× or 1×`. Empty when it is not known. */
export function returnsText(pays) {
  const times = new Map(pays.map((pay) => [timesOf(pay), pay.numerator / pay.denominator]));
  const names = [...times].sort(([, one], [, other]) => other - one).map(([name]) => `${name}×`);
  return names.length === 0 ? '' : `pays ${names.join(' or ')}`;
}

/** `97.851 %`; `96.999 % to 97.851 %, by the joker` where that is seen and matters. */
export function percentText({ percent, percentFrom = percent }) {
  return percentFrom === percent ? `${percent} %` : `${percentFrom} % to ${percent} %, by the joker`;
}

/** `9/2` → `4.5`, rounded down to hundredths where it does not end there. */
function timesOf({ numerator, denominator }) {
  const hundredths = Math.floor((numerator * 100) / denominator);
  return String(hundredths / 100);
}
