import { describe, expect, it } from 'vitest';
import type { Reason, Verdict } from '#core/assess.ts';
import type { AssetRole } from '#core/asset-role.ts';
import { overview } from '#core/overview.ts';
import { type PlaceCondition, unseenPlace } from '#core/place-condition.ts';
import type { PlaceSeen } from '#core/place-notices.ts';
import type { AwayReason } from '#core/ports/location.ts';
import { calm, facts } from '#tests/support/overview-facts.ts';

describe('the overview', () => {
  describe('of drives that come and go', () => {
    it.each<[string, Verdict, Reason[], string, Verdict]>([
      ['all but the drive has it', 'on-its-way', ['drive-is-due'], 'drive-due', 'safe'],
      [
        'a drive has to come first',
        'on-its-way',
        ['drive-is-due', 'waits-for-drive'],
        'waits-for-drive',
        'on-its-way',
      ],
      ['the drive away from home is here', 'on-its-way', ['drive-is-here'], 'waits-for-drive', 'on-its-way'],
      ['there is other work', 'on-its-way', ['drive-is-due', 'not-copied-yet'], 'on-its-way', 'on-its-way'],
      ['nobody knows what is awaited', 'on-its-way', [], 'on-its-way', 'on-its-way'],
      ['a drive is overdue', 'needs-you', ['drive-is-overdue'], 'drive-overdue', 'needs-you'],
    ])('where %s', (_, verdict, reasons, headline, level) => {
      expect(overview(facts(verdict, reasons), calm)).toMatchObject({ headline, level });
    });

    const other = (presence: PlaceCondition['presence'], paused = false): PlaceSeen => ({
      settings: { name: 'Blue', placeKind: 'drive', paused, set: null },
      condition: { ...unseenPlace(0), presence },
    });
    const away = (reason: AwayReason) => other({ state: 'away', reason, detail: null, retryAtMs: null });

    it('says nothing of one that is away, and asks the owner where only he can mend it', () => {
      const noticesOf = (...others: PlaceSeen[]) => overview(facts('safe'), { ...calm, others }).notices;
      expect(noticesOf(away('not-connected'), away('empty-mount-point'), away('quota'))).toEqual([]);
      expect(noticesOf(away('sign-in'))).toEqual([
        { kind: 'place-away', urgent: true, name: 'Blue', reason: 'sign-in' },
      ]);
      expect(
        noticesOf({
          ...away('sign-in'),
          settings: { name: 'Blue', placeKind: 'drive', paused: true, set: null },
        }),
      ).toEqual([]);
    });

    it('reminds of one that was not seen for too long, which is no alarm', () => {
      const seen = away('not-connected');
      const reminder = { days: 35, of: 'turn' } as const;
      const settings = { name: 'Blue', placeKind: 'drive', paused: false, set: 'turns' } as const;
      const of = (condition: PlaceSeen['condition']) =>
        overview(facts('safe'), { ...calm, others: [{ settings, condition }] });
      const reminded = { ...(seen.condition ?? unseenPlace(0)), reminder };
      const notice = { kind: 'place-unseen', urgent: false, name: 'Blue', set: 'turns', ...reminder };
      expect(of(reminded)).toMatchObject({ level: 'safe', notices: [notice] });
      const back = {
        ...reminded,
        presence: { state: 'present', freeBytes: null, totalBytes: null },
      } as const;
      expect(of(back).notices).toEqual([]);
    });

    it('says of one that is full what stays out, and asks the owner where that is more than raw footage', () => {
      const present = { state: 'present', freeBytes: 0, totalBytes: 1 } as const;
      const full = (...noRoomForRoles: AssetRole[]): PlaceSeen => ({
        settings: { name: 'Blue', placeKind: 'drive', paused: false, set: null },
        condition: { ...unseenPlace(0), presence: present, noRoomForBytes: 9, noRoomForRoles },
      });
      const of = (seen: PlaceSeen) => overview(facts('safe'), { ...calm, others: [seen] });
      const notice = { kind: 'place-full', name: 'Blue', bytes: 9 };
      expect(of(full('raw'))).toMatchObject({
        ...{ level: 'safe', notices: [{ ...notice, urgent: false, roles: ['raw'] }] },
      });
      expect(of(full('draft', 'raw'))).toMatchObject({ level: 'needs-you', notices: [{ urgent: true }] });
      expect(of(full())).toMatchObject({ level: 'safe', notices: [{ urgent: false, roles: [] }] });
    });

    it('says of files that are larger than any that it can hold', () => {
      const condition = {
        ...other({ state: 'present', freeBytes: 9, totalBytes: 9 }).condition,
        tooLargeFiles: 2,
      };
      const seen = { ...other({ state: 'present', freeBytes: 9, totalBytes: 9 }), condition } as PlaceSeen;
      expect(overview(facts('safe'), { ...calm, others: [seen] })).toMatchObject({
        ...{
          level: 'needs-you',
          notices: [{ kind: 'place-too-large', name: 'Blue', placeKind: 'drive', files: 2 }],
        },
      });
    });

    it('says where there is no room here to encrypt what goes there', () => {
      const condition = {
        ...other({ state: 'present', freeBytes: 9, totalBytes: 9 }).condition,
        noSpoolForBytes: 7,
      };
      const seen = {
        settings: { name: 'Cloud', placeKind: 'remote', paused: false, set: null },
        condition,
      } as PlaceSeen;
      expect(overview(facts('safe'), { ...calm, others: [seen] })).toMatchObject({
        ...{ level: 'needs-you', notices: [{ kind: 'place-spool', name: 'Cloud', bytes: 7 }] },
      });
    });
  });
});
