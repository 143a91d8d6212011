import { type Container, sniffBytes, sniffContainer } from '#core/container.ts';
import { examineBoxes } from './boxes.ts';
import { examineEbml } from './ebml.ts';
import { examineMxf } from './mxf.ts';
import { type ContentFacts, type Flaw, isEmpty, type Reading, requireEnd } from './reading.ts';
import { examineRiff } from './riff.ts';
import { examineFlv, examineOgg } from './small-containers.ts';
import { examineTransportStream } from './transport-stream.ts';
import { examineAsf } from './windows-media.ts';

type Rule = (file: ContentFacts, head: Uint8Array) => Reading<Flaw | null>;

/** No frame of these is all zeros, so neither is the end of a whole file. */
const isWritten: Rule = ({ sizeBytes }) => requireEnd(sizeBytes);

const rules: Readonly<Partial<Record<Container, Rule>>> = {
  mov: examineBoxes,
  matroska: examineEbml,
  avi: examineRiff,
  mpegts: examineTransportStream,
  mxf: examineMxf,
  asf: examineAsf,
  flv: examineFlv,
  ogg: examineOgg,
  mpeg: isWritten,
  dv: isWritten,
  ivf: isWritten,
  nut: isWritten,
};

/**
 * Judges by a few stretches of a file whether it is whole; null where nothing speaks against it. What no rule
 * knows passes; but for a file with a hole it is asked whether its end was ever written.
 */
export function* examineContent(file: ContentFacts): Reading<Flaw | null> {
  const head = yield { at: 0, length: sniffBytes };
  if (isEmpty(head)) return 'empty-start';
  const container = sniffContainer(head);
  const rule = container === null ? undefined : rules[container];
  if (rule !== undefined) return yield* rule(file, head);
  return file.hasHole ? yield* requireEnd(file.sizeBytes) : null;
}
