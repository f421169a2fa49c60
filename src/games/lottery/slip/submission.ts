import { type Refusal, refuse } from '../../../refusal.ts';
import { digestOf, type Sha256 } from './digest.ts';
import { parseSlip, type Slip } from './parse-slip.ts';

/** A slip as it was read, with the digest of what it comes to. */
export interface Preview extends Slip {
  readonly digest: string;
}

export interface SubmittedSlip extends Preview {
  readonly ok: true;
}

/** What a submission of this text would stake, and everything in it that stands in the way. */
export function previewSlip(text: string, sha256: Sha256): Preview {
  const slip = parseSlip(text);
  return { ...slip, digest: digestOf(slip.lines, sha256) };
}

/**
 * A slip handed in for money. It is read here again, whatever the client has read in it (S3-16). INVALID_REQUEST where
 * it has any error, with all of them as details, and where the client names the digest of something else: then what
 * the collector was shown is not what would be staked.
 */
export function submitSlip(text: string, digest: string | undefined, sha256: Sha256): SubmittedSlip | Refusal {
  const preview = previewSlip(text, sha256);
  if (preview.errors.length > 0) {
    return refuse('INVALID_REQUEST', 'The slip has errors; nothing of it was taken', preview.errors);
  }
  if (digest !== undefined && digest !== preview.digest) {
    return refuse('INVALID_REQUEST', 'The slip is not the one that was previewed; nothing of it was taken');
  }
  return { ok: true, ...preview };
}
