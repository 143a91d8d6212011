import { createMemoryJournal } from '#store/memory-journal.ts';
import { describeJournal } from './journal.contract.ts';

describeJournal('in memory', () => createMemoryJournal());
