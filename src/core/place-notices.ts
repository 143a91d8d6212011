import { type AssetRole, assetRoles } from '#core/asset-role.ts';
import { needsOwner, type PlaceCondition, type PlaceReminder } from '#core/place-condition.ts';
import type { PlaceSettings } from '#core/place-settings.ts';
import type { AwayReason } from '#core/ports/location.ts';

/** A place, as far as the owner has to know of it. */
export interface PlaceSeen {
  readonly settings: Pick<PlaceSettings, 'name' | 'placeKind' | 'paused' | 'set'>;
  readonly condition: PlaceCondition | null;
}

/** What the owner should know of a place other than the vault. */
export type PlaceNotice =
  | {
      readonly kind: 'place-away';
      readonly urgent: boolean;
      readonly name: string;
      readonly reason: AwayReason;
    }
  /** `set`: of which none was seen, or in which it takes turns; null where it stands for itself. */
  | ({
      readonly kind: 'place-unseen';
      readonly urgent: false;
      readonly name: string;
      readonly set: string | null;
    } & PlaceReminder)
  /** `roles`: what stays out; urgent where that is more than what need not be everywhere. */
  | {
      readonly kind: 'place-full';
      readonly urgent: boolean;
      readonly name: string;
      readonly bytes: number;
      readonly roles: readonly AssetRole[];
    }
  /** Files that are larger than any that it can hold. */
  | {
      readonly kind: 'place-too-large';
      readonly urgent: true;
      readonly name: string;
      readonly placeKind: PlaceSettings['placeKind'];
      readonly files: number;
    }
  /** What waits for room here, to be encrypted in. */
  | { readonly kind: 'place-spool'; readonly urgent: true; readonly name: string; readonly bytes: number };

export function placeNotices({
  settings: { name, placeKind, paused, set },
  condition,
}: PlaceSeen): PlaceNotice[] {
  if (paused || condition === null) return [];
  const {
    presence,
    noRoomForBytes,
    noRoomForRoles = assetRoles,
    noSpoolForBytes = 0,
    tooLargeFiles = 0,
  } = condition;
  if (presence.state === 'away') {
    const { reason } = presence;
    if (needsOwner(reason)) return [{ kind: 'place-away', urgent: true, name, reason }];
    const reminder = condition.reminder ?? null;
    return reminder === null ? [] : [{ kind: 'place-unseen', urgent: false, name, set, ...reminder }];
  }
  const notices: PlaceNotice[] = [];
  if (noRoomForBytes > 0) {
    const urgent = noRoomForRoles.some((role) => role !== 'raw' && role !== 'other');
    notices.push({ kind: 'place-full', urgent, name, bytes: noRoomForBytes, roles: noRoomForRoles });
  }
  if (tooLargeFiles > 0)
    notices.push({ kind: 'place-too-large', urgent: true, name, placeKind, files: tooLargeFiles });
  if (noSpoolForBytes > 0) notices.push({ kind: 'place-spool', urgent: true, name, bytes: noSpoolForBytes });
  return notices;
}
