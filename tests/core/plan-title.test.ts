import { describe, expect, it } from 'vitest';
import { titleFromSidecar } from '#core/plan-title.ts';

const facts = {
  ...{ title: 'Rome in winter', description: null, date: null, tags: [], rating: null, sourceId: null },
  sourceUrl: null,
};
const video = (title: string, trashed = false) => ({
  ...{ id: 'v', title, trashed, folder: `2026/2026-11-22 ${title}`, versions: [], parts: [] },
});

describe('a title that a sidecar gives', () => {
  it('is taken where the name of the video says nothing', () => {
    expect(titleFromSidecar(video('IMG_0001'), ['IMG_0001.MOV'], facts)).toBe('Rome in winter');
    expect(titleFromSidecar(video('v15044gf0000cabc'), ['v15044gf0000cabc.mp4'], facts)).toBe(null);
  });

  it.each([
    ['says which one it is', video('Oslo'), ['Oslo.mp4'], facts],
    ['is one that the owner gave', video('Final'), ['IMG_0001.MOV'], facts],
    ['is of a video in the trash', video('IMG_0001', true), ['IMG_0001.MOV'], facts],
    ['has no other in the sidecar', video('IMG_0001'), ['IMG_0001.MOV'], { ...facts, title: null }],
  ])('is left where the title %s', (_, some, names, said) => {
    expect(titleFromSidecar(some, names, said)).toBe(null);
  });
});
