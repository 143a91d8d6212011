const hidden = '***';

/** What looks like a secret wherever it stands: credentials in addresses, headers, and what is signed or granted. */
const patterns: readonly (readonly [RegExp, string])[] = [
  [/(\b[a-z][a-z0-9+.-]*:\/\/)[^\s/@"']+@/gi, `$1${hidden}@`],
  [
    /\b(authorization["']?\s*[:=]\s*["']?(?:bearer|basic|token|aws4-hmac-sha256)?)\s*[^"'\r\n]+/gi,
    `$1 ${hidden}`,
  ],
  [/\b(bearer\s+)[A-Za-z0-9._~+/=-]+/gi, `$1${hidden}`],
  [
    /(["']?\b(?:[a-z0-9]+[_-])*(?:pass|password\d?|passwd|token|secret|credential|signature|sig|key|code)["']?\s*[=:]\s*)(?:"[^"]*"|'[^']*'|[^\s&"',;)}]+)/gi,
    `$1${hidden}`,
  ],
];

/** The text without the secrets that are known, and without whatever looks like one. */
export function redact(text: string, secrets: readonly string[]): string {
  const withoutKnown = secrets
    .filter((secret) => secret.length >= 4)
    .toSorted((one, other) => other.length - one.length)
    .reduce((rest, secret) => rest.replaceAll(secret, hidden), text);
  return patterns.reduce((rest, [pattern, replacement]) => rest.replace(pattern, replacement), withoutKnown);
}
