import { parentPort, workerData } from 'node:worker_threads';
import { type AuditedPlace, auditAll } from './audit-all.ts';

/** What an Auditor starts: audits the place it was given, says what it found, and ends. */
parentPort?.postMessage(await auditAll(workerData as AuditedPlace));
