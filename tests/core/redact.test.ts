import { expect, it } from 'vitest';
import { redact } from '#core/redact.ts';
import fc from '#tests/support/properties.ts';

it.each([
  ['Get "https://owner:open-sesame@dav.example/x": refused', 'open-sesame'],
  ['Post "https://o.example/token?refresh_token=open-sesame&x=1": 400', 'open-sesame'],
  ['Put "https://b.example/k?X-Amz-Signature=open-sesame": 403', 'open-sesame'],
  ['Authorization: Bearer open-sesame', 'open-sesame'],
  ['Authorization: Basic open-sesame', 'open-sesame'],
  ['{"access_token":"open-sesame","token_type":"Bearer"}', 'open-sesame'],
  ["password='open-sesame' is wrong", 'open-sesame'],
  ['client_secret = open-sesame', 'open-sesame'],
  ['AWS4-HMAC-SHA256 Credential=open-sesame, Signature=abc', 'open-sesame'],
])('hides what looks like a secret: %s', (text, secret) => {
  expect(redact(text, [])).not.toContain(secret);
});

it('keeps the rest of what was said', () => {
  const text = 'Failed to copy: dial tcp 127.0.0.1:1: connect: connection refused';
  expect(redact(text, ['another'])).toBe(text);
});

it('hides each secret that is known, wherever it stands', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 4 }), fc.string(), fc.string(), (secret, before, after) => {
      fc.pre(!'***'.includes(secret) && !secret.includes('*'));
      expect(redact(`${before}${secret}${after}`, [secret])).not.toContain(secret);
    }),
  );
});
