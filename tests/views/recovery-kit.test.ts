import { describe, expect, it } from 'vitest';
import type { KitPlace } from '#core/recovery-kit.ts';
import type { Kit } from '#views/kit-sections.ts';
import { kitPage, kitText } from '#views/recovery-kit.ts';

const place = (change: Partial<KitPlace>): KitPlace => ({
  ...{ location: 'c', name: 'Cloud', placeKind: 'remote', path: 'b2:videos', encrypted: true },
  ...change,
});
const kit = (change: Partial<Kit> = {}): Kit => ({
  ...{ version: 3, day: '2026-11-27', archive: 'id', places: [place({})], phrase: 'babab dadad fafaf gagag' },
  ...{ config: '[b2]\ntype = b2\n', passwords: [{ name: 'Cloud', password: 'SECRET' }] },
  ...change,
});

describe('the sheets of a recovery kit', () => {
  it('say all that it takes, as text and as a page', async () => {
    for (const sheet of [kitText(kit()), String(await kitPage(kit()))]) {
      for (const part of [
        'Kit 3',
        'b2:videos',
        'restore.sh',
        'rebuild --from',
        'type = b2',
        'SECRET',
        'fafaf',
      ])
        expect(sheet).toContain(part);
    }
    expect(kitText(kit())).toContain('    rclone --config rclone.conf copy my-cloud: FOLDER\n');
  });

  it('need neither rclone nor a password where there are only drives', () => {
    const text = kitText(kit({ places: [place({ placeKind: 'drive' })], config: '', passwords: [] }));
    expect(text).not.toMatch(/rclone|PASSWORDS/);
  });

  it('are harmless, whatever a place is called', async () => {
    const places = [place({ name: '<script>x</script>\u202E', path: "b2:it's; rm -rf ~" })];
    const page = String(await kitPage(kit({ places, config: '</pre><script>y</script>' })));
    expect(page).not.toContain('<script>');
    expect(page).not.toContain('\u202E');
    expect(page).toContain('my-script-x-script-PATH --password-file');
    expect(kitText(kit({ places }))).toContain('copy my-script-x-script: FOLDER');
  });

  it('ask for nothing from elsewhere, and have no script', async () => {
    expect(String(await kitPage(kit()))).not.toMatch(/src=|href=|<script|@import|url\(/);
  });
});
