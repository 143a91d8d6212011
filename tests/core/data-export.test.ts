import { describe, expect, it } from 'vitest';
import { isDataExport } from '#core/data-export.ts';

describe('a platform’s data export', () => {
  it.each([
    ['TikTok_Data_1735588272.zip', true],
    ['TikTok_Data_1735588272 (1).zip', true],
    ['tiktok_data_1773002972', false],
    ['user_data_tiktok.json', true],
    ['user_data.json', true],
    ['USER_DATA (2).JSON', true],
    ['instagram-someone-2026-01-02-AbC.zip', true],
    ['takeout-20260102T030405Z-001.zip', true],
    ['TikTok dance.mp4', false],
    ['TikTok_Data_explained.mp4', false],
    ['tiktok_data_final.mov', false],
    ['facebook-someone.zip', true],
    ['my tiktok_data_.zip', false],
    ['user_data.json.txt', false],
    ['instagram-post.mp4', false],
    ['', false],
  ])('is known by its name: %s %s', (name, isOne) => {
    expect(isDataExport(name)).toBe(isOne);
  });
});
