/**
 * The text with its Burmese and Thai digits in Latin, one for one, so that places stay what they were (DOMAIN 2.2). In
 * each of these scripts the value of a digit is the last four bits of its code. A number may mix them: what a digit
 * means is never in doubt.
 */
export function inLatinDigits(text: string): string {
  return text.replace(/[၀-၉๐-๙]/g, (digit) => String(digit.charCodeAt(0) & 15));
}
