import { type Credential, credentialOf } from './credentials.ts';
import { call, jsonPost } from './http.ts';

/** A token that ends this soon is renewed before it is used. */
const RENEW_BEFORE_MS = 60_000;

/** A player's way in over HTTP, with tokens that are renewed in time. */
export class Session {
  readonly #endpoint: string;
  readonly #onRenewed: (credential: Credential) => void;
  #credential: Credential;
  #renewing: Promise<void> | undefined;

  /** `onRenewed` must keep what it is told: the refresh token before it is spent. */
  constructor(endpoint: string, credential: Credential, onRenewed: (credential: Credential) => void) {
    this.#endpoint = endpoint;
    this.#credential = credential;
    this.#onRenewed = onRenewed;
  }

  get userId(): string {
    return this.#credential.userId;
  }

  get username(): string {
    return this.#credential.username;
  }

  /** An access token that is good for a minute at least. Throws when it cannot be renewed. */
  async token(): Promise<string> {
    if (Date.now() > this.#credential.expiresAt - RENEW_BEFORE_MS) {
      // Two renewals with one refresh token would end the session.
      this.#renewing ??= this.#renew().finally(() => {
        this.#renewing = undefined;
      });
      await this.#renewing;
    }
    return this.#credential.accessToken;
  }

  /** `GET` as this player. Throws where the server does not answer 200. */
  async get(path: string): Promise<unknown> {
    const headers = { Authorization: `Bearer ${await this.token()}` };
    const { status, body, code } = await call(`${this.#endpoint}${path}`, { headers });
    if (status !== 200) throw new Error(`GET ${path} of ${this.username} was answered ${status} ${code}`);
    return body;
  }

  async #renew(): Promise<void> {
    const { refreshToken } = this.#credential;
    const { status, body, code } = await call(`${this.#endpoint}/auth/refresh`, jsonPost({ refreshToken }));
    if (status !== 200) throw new Error(`the tokens of ${this.username} were not renewed: ${status} ${code}`);
    this.#credential = credentialOf(body);
    this.#onRenewed(this.#credential);
  }
}
