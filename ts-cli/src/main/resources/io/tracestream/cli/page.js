'use strict';
(() => {
  // What PageData wrote; see there.

  const S2C = 1;
  const ONLY_B = 2;
  const HAS_TEXT = 4;
  const MARK_EXPECTED = 2;
  const MARK_FOUND = 4;

  const byId = (id) => document.getElementById(id);
  const utf8 = new TextDecoder();

  const isDiff = document.body.dataset.command === 'diff';
  const word = isDiff
    ? { mark: 'change', marks: 'changes', expected: 'A', found: 'B', only: 'Only changes' }
    : { mark: 'mismatch', marks: 'mismatches', expected: 'expected', found: 'found', only: 'Only mismatches' };

  /** All bytes of the data; payloads and texts are parts of it. */
  let bytes = new Uint8Array(0);
  /** The entries of all conversations, column by column. */
  const entries = {
    flags: [], number: [], line: [], micros: [], length: [], at: [], kept: [], textAt: [], textLength: [],
  };
  const conversations = [];
  const sessions = [];
  const marks = [];

  async function unpack(element) {
    if (typeof DecompressionStream !== 'function' || !Object.hasOwn) {
      throw new Error('This browser is too old to show the entries. Use Chrome or Edge 93, Firefox 113, '
        + 'Safari 16.4, or a newer one.');
    }
    const lines = element.textContent.split('\n');
    const all = new Uint8Array(Number(element.dataset.size));
    element.remove();
    const stream = new DecompressionStream('deflate');
    const feed = async () => {
      const writer = stream.writable.getWriter();
      for (const line of lines) {
        if (line) {
          await writer.write(fromBase64(line));
        }
      }
      await writer.close();
    };
    const feeding = feed();
    feeding.catch(() => {}); // the reader fails, too
    const reader = stream.readable.getReader();
    let at = 0;
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      all.set(next.value, at);
      at += next.value.length;
    }
    await feeding;
    if (at !== all.length) {
      throw new Error('incomplete');
    }
    return all;
  }

  function fromBase64(line) {
    const text = atob(line);
    const piece = new Uint8Array(text.length);
    for (let i = 0; i < text.length; i++) {
      piece[i] = text.charCodeAt(i);
    }
    return piece;
  }

  function parse() {
    let at = 0;
    const number = () => {
      let value = 0;
      let scale = 1;
      for (;;) {
        const b = bytes[at++];
        value += (b & 127) * scale;
        if (b < 128) {
          return value;
        }
        scale *= 128;
      }
    };
    const text = () => {
      const length = number();
      at += length;
      return utf8.decode(bytes.subarray(at - length, at));
    };
    const payload = () => {
      const length = number();
      const from = number();
      const kept = number();
      at += kept;
      return { length, from, kept, at: at - kept };
    };
    const ranges = () => {
      const all = [];
      for (let count = number(); count > 0; count--) {
        all.push({ from: number(), length: number() });
      }
      return all;
    };
    while (at < bytes.length) {
      switch (bytes[at++]) {
        case 67: // C
          conversations.push({ name: text(), from: entries.flags.length, to: entries.flags.length });
          break;
        case 69: { // E
          const flags = bytes[at++];
          entries.flags.push(flags);
          entries.number.push(number());
          entries.line.push(number());
          entries.micros.push(number());
          const part = payload();
          entries.length.push(part.length);
          entries.at.push(part.at);
          entries.kept.push(part.kept);
          const textLength = flags & HAS_TEXT ? number() : 0;
          entries.textAt.push(at);
          entries.textLength.push(textLength);
          at += textLength;
          conversations[conversations.length - 1].to++;
          break;
        }
        case 83: // S
          sessions.push({ conversation: number() - 1, outcome: text(), name: text(), message: text(), marks: [] });
          break;
        case 77: { // M
          const flags = bytes[at++];
          const mark = {
            session: sessions.length - 1, flags, row: number(), number: number(), line: number(),
            title: text(), advice: text(), explanation: text(), decoded: text(),
            expected: flags & MARK_EXPECTED ? payload() : null,
            found: flags & MARK_FOUND ? payload() : null,
            differing: ranges(), open: ranges(),
          };
          sessions[sessions.length - 1].marks.push(mark);
          marks.push(mark);
          break;
        }
        default:
          throw new Error('unknown record');
      }
    }
    if (sessions.length === 0) {
      conversations.forEach((one, i) => sessions.push(
        { conversation: i, outcome: '', name: one.name, message: '', marks: [] }));
    }
  }

  // Words and numbers

  const three = (n) => n.toFixed(n < 9.995 ? 2 : n < 99.95 ? 1 : 0);
  const plural = (n, one, many) => `${count(n)} ${n === 1 ? one : many}`;
  const count = (n) => String(n).replace(/\B(?=(\d{3})+$)/g, '\u202f');
  const size = (n) => plural(n, 'byte', 'bytes');

  function duration(micros) {
    if (micros < 1e3) {
      return `${micros} \u00b5s`;
    }
    if (micros < 1e6) {
      return `${three(micros / 1e3)} ms`;
    }
    if (micros < 6e7) {
      return `${three(micros / 1e6)} s`;
    }
    const seconds = Math.floor(micros / 1e6);
    return seconds < 3600
      ? `${Math.floor(seconds / 60)} min ${seconds % 60} s`
      : `${Math.floor(seconds / 3600)} h ${Math.floor(seconds / 60) % 60} min`;
  }

  const moment = (micros) => (micros / 1e6).toFixed(6);
  const hexOf = (b) => (b < 16 ? '0' : '') + b.toString(16);
  const charOf = (b) => (b < 32 || b > 126 ? '.' : String.fromCharCode(b));

  /** An element with attributes (a function is a listener) and children. */
  function make(tag, attributes, ...children) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes || {})) {
      if (typeof value === 'function') {
        element.addEventListener(name, value);
      } else if (value === true) {
        element.setAttribute(name, '');
      } else if (value !== false && value !== null) {
        element.setAttribute(name, value);
      }
    }
    element.append(...children.filter((child) => child !== null));
    return element;
  }

  // What is chosen

  let session = null;
  let conversation = null;
  /** Items of the chosen conversation: an entry's index, or -1 - the index of a mark without an entry. */
  let items = [];
  /** Those that the filters let through. */
  let shown = [];
  let markAt = new Map();
  let selected = null;
  let longestPause = 0;
  let needles = [];
  let tab = 'hex';
  let whole = false;

  const isEntry = (item) => item >= 0;
  const markOf = (item) => (isEntry(item) ? markAt.get(item) : session.marks[-1 - item]);
  const flagsOf = (item) => (isEntry(item) ? entries.flags[item] : markOf(item).flags);
  const directionOf = (item) => (flagsOf(item) & S2C ? 's2c' : 'c2s');
  const numberOf = (item) => (isEntry(item) ? entries.number[item] : markOf(item).number);

  function payloadOf(item) {
    if (isEntry(item)) {
      return { length: entries.length[item], from: 0, kept: entries.kept[item], at: entries.at[item] };
    }
    const mark = markOf(item);
    return mark.found || mark.expected || { length: 0, from: 0, kept: 0, at: 0 };
  }

  const lengthOf = (item) => (isEntry(item) ? entries.length[item] : payloadOf(item).length);

  function microsOf(item) {
    if (isEntry(item)) {
      return entries.micros[item];
    }
    return conversation && conversation.to > conversation.from ? entries.micros[conversation.to - 1] : 0;
  }

  function pauseBefore(item) {
    return isEntry(item) && item > conversation.from && !(entries.flags[item] & ONLY_B)
      ? Math.max(0, entries.micros[item] - entries.micros[item - 1])
      : 0;
  }

  function choose(index) {
    session = sessions[index];
    conversation = session.conversation < 0 ? null : conversations[session.conversation];
    markAt = new Map();
    items = [];
    longestPause = 0;
    if (conversation) {
      for (let i = conversation.from; i < conversation.to; i++) {
        items.push(i);
        longestPause = Math.max(longestPause, pauseBefore(i));
      }
    }
    session.marks.forEach((mark, i) => {
      if (mark.row > 0 && conversation) {
        markAt.set(conversation.from + mark.row - 1, mark);
      } else {
        items.push(-1 - i);
      }
    });
    selected = null;
    view = { from: 0, to: 1 };
    if (ui.choice) {
      ui.choice.value = String(index);
    }
    ui.message.textContent = session.marks.length === 0 ? session.message
      : isDiff ? '' : `The entries are those of the recording. Marked is where ${session.name} differed from it.`;
    offerKinds();
    filter();
  }

  // Filters

  /** Conditions as in rules, such as 0=0003,len=9; bytes without an offset are at 0. Null if wrong. */
  function conditions(text) {
    const all = [];
    for (const part of text.split(',').map((one) => one.trim()).filter((one) => one)) {
      const length = /^len=(\d+)$/.exec(part);
      const bytesAt = /^(?:(-?\d+)=)?((?:[0-9a-f]{2}\s*)+)$/i.exec(part);
      const textAt = /^(?:(-?\d+)=)?"(.+)"$/.exec(part);
      if (length) {
        all.push({ length: Number(length[1]) });
      } else if (bytesAt) {
        all.push({ at: Number(bytesAt[1] || 0), value: hexBytes(bytesAt[2]) });
      } else if (textAt) {
        all.push({ at: Number(textAt[1] || 0), value: new TextEncoder().encode(textAt[2]) });
      } else {
        return null;
      }
    }
    return all;
  }

  const hexBytes = (text) => Uint8Array.from(text.match(/[0-9a-f]{2}/gi) || [], (two) => parseInt(two, 16));

  function meets(item, condition) {
    const payload = payloadOf(item);
    if (condition.length !== undefined) {
      return payload.length === condition.length;
    }
    const from = condition.at < 0 ? payload.length + condition.at : condition.at;
    const { value } = condition;
    if (from < payload.from || from + value.length > payload.from + payload.kept) {
      return false;
    }
    const at = payload.at + from - payload.from;
    return value.every((b, i) => bytes[at + i] === b);
  }

  /** What to look for: after 0x, those bytes; else the text in any case, and if it is hex, also those bytes. */
  function needlesOf(text) {
    if (text === '') {
      return [];
    }
    if (/^0x(?:[0-9a-f]{2}\s*)+$/i.test(text)) {
      return [{ value: hexBytes(text.slice(2)), fold: false }];
    }
    const found = [{ value: new TextEncoder().encode(text), fold: true }];
    if (/^(?:[0-9a-f]{2}\s*)+$/i.test(text)) {
      found.push({ value: hexBytes(text), fold: false });
    }
    return found;
  }

  const fold = (b) => (b > 64 && b < 91 ? b + 32 : b);

  /** Where a needle begins in a part of the bytes, from an offset on; -1 if it is not there. */
  function indexOf(needle, from, to) {
    const { value } = needle;
    const last = to - value.length;
    const same = needle.fold ? fold : (b) => b;
    const first = same(value[0]);
    next: for (let at = from; at <= last; at++) {
      if (same(bytes[at]) !== first) {
        continue;
      }
      for (let i = 1; i < value.length; i++) {
        if (same(bytes[at + i]) !== same(value[i])) {
          continue next;
        }
      }
      return at;
    }
    return -1;
  }

  function hasNeedle(item) {
    const payload = payloadOf(item);
    const textAt = isEntry(item) ? entries.textAt[item] : 0;
    const textLength = isEntry(item) ? entries.textLength[item] : 0;
    const mark = markOf(item);
    const parts = [[payload.at, payload.kept], [textAt, textLength]];
    if (mark && mark.found) {
      parts.push([mark.found.at, mark.found.kept]);
    }
    return needles.some((needle) => parts.some(([at, length]) => indexOf(needle, at, at + length) >= 0));
  }

  function filter() {
    const direction = ui.filters.elements.direction.value;
    const wanted = conditions(ui.kind.value);
    ui.kind.setAttribute('aria-invalid', String(wanted === null));
    needles = needlesOf(ui.find.value.trim());
    const hides = needles.length > 0 && ui.hide.checked;
    const only = ui.only.checked;
    shown = items.filter((item) =>
      (direction === 'both' || directionOf(item) === direction)
      && (!only || markOf(item))
      && (wanted || []).every((condition) => meets(item, condition))
      && (!hides || hasNeedle(item)));
    ui.count.textContent = wanted === null
      ? 'Not a kind of frame: write 0003, 4=0003, 0="GET" or len=9'
      : shown.length === items.length
        ? plural(items.length, 'entry', 'entries')
        : `${count(shown.length)} of ${plural(items.length, 'entry', 'entries')}`;
    if (selected !== null && !shown.includes(selected)) {
      selected = null;
    }
    if (selected === null && shown.length > 0) {
      const marked = shown.find((item) => markOf(item));
      select(marked === undefined ? shown[0] : marked, true);
    }
    if (selected === null) {
      ui.detail.replaceChildren(make('p', { class: 'empty' },
        items.length === 0 ? 'Nothing was recorded here.' : 'No entry passes the filters.'));
    }
    drawList();
    drawTimeline();
  }

  function clearFilters() {
    ui.filters.reset();
    if (ui.choice) {
      ui.choice.value = String(sessions.indexOf(session));
    }
  }

  /** The most frequent beginnings of payloads, to choose from. */
  function offerKinds() {
    const counts = new Map();
    const step = Math.max(1, Math.floor(items.length / 20000));
    for (let i = 0; i < items.length; i += step) {
      const payload = payloadOf(items[i]);
      const key = [...bytes.subarray(payload.at, payload.at + Math.min(2, payload.kept))].map(hexOf).join('');
      if (key) {
        counts.set(key, (counts.get(key) || 0) + 1);
      }
    }
    const frequent = [...counts].sort((a, b) => b[1] - a[1]).slice(0, 20);
    ui.kinds.replaceChildren(...frequent.map(([key]) => make('option', { value: key })));
  }

  // The list: only the rows in sight exist

  const ROW = 22;
  const rows = [];

  function drawList() {
    ui.sizer.style.height = `${shown.length * ROW}px`;
    const first = Math.max(0, Math.floor(ui.list.scrollTop / ROW) - 4);
    const last = Math.min(shown.length, Math.ceil((ui.list.scrollTop + ui.list.clientHeight) / ROW) + 4);
    while (rows.length < last - first) {
      rows.push(newRow());
    }
    rows.forEach((row, i) => {
      const index = first + i;
      row.element.hidden = index >= last;
      if (index < last) {
        fill(row, shown[index], index);
      }
    });
    const active = shown.indexOf(selected);
    if (active >= first && active < last) {
      ui.list.setAttribute('aria-activedescendant', rows[active - first].element.id);
    } else {
      ui.list.removeAttribute('aria-activedescendant');
    }
  }

  function newRow() {
    const part = (name) => make('span', { class: name });
    const row = {
      sign: part('sign'), number: part('number'), time: part('time'), pause: part('pause'), bar: part('bar'),
      direction: part('direction'), length: part('length'), hex: part('hex'), text: part('text'),
    };
    const { bar, ...columns } = row;
    row.pauseText = part('figure');
    row.pause.append(bar, row.pauseText);
    row.element = make('div', { role: 'option', id: `row${rows.length}` }, ...Object.values(columns));
    row.element.addEventListener('click', () => select(row.item));
    ui.sizer.append(row.element);
    return row;
  }

  const signs = { changed: '\u2260', added: '+', removed: '\u2212' };

  function signOf(item) {
    const mark = markOf(item);
    if (!mark) {
      return '';
    }
    return !isDiff ? '\u2717' : !mark.expected ? signs.added : !mark.found ? signs.removed : signs.changed;
  }

  function fill(row, item, index) {
    const payload = payloadOf(item);
    const pause = pauseBefore(item);
    const direction = directionOf(item);
    const mark = markOf(item);
    const timed = isEntry(item) && !(entries.flags[item] & ONLY_B);
    row.item = item;
    row.element.className = `row ${direction}${mark ? ' marked' : ''}${needles.length && hasNeedle(item) ? ' hit' : ''}`;
    row.element.style.transform = `translateY(${index * ROW}px)`;
    row.element.setAttribute('aria-selected', String(item === selected));
    row.element.setAttribute('aria-posinset', String(index + 1));
    row.element.setAttribute('aria-setsize', String(shown.length));
    row.sign.textContent = signOf(item);
    row.number.textContent = numberOf(item) + (flagsOf(item) & ONLY_B && isEntry(item) ? ' B' : '');
    row.time.textContent = timed ? moment(entries.micros[item]) : '';
    row.bar.style.width = longestPause > 0 ? `${100 * pause / longestPause}%` : '0';
    row.pauseText.textContent = timed && item > conversation.from ? duration(pause) : '';
    row.direction.textContent = direction === 'c2s' ? 'c2s \u2192' : '\u2190 s2c';
    row.length.textContent = count(payload.length);
    const part = bytes.subarray(payload.at, payload.at + Math.min(payload.kept, 96));
    row.hex.textContent = [...part.subarray(0, 12)].map(hexOf).join('') + (payload.length > 12 ? '\u2026' : '');
    row.text.textContent = previewOf(item, part);
    row.element.setAttribute('aria-label',
      `${mark ? `${word.mark}, ` : ''}${direction} entry ${numberOf(item)}, ${size(payload.length)}, `
      + `${timed ? `after ${duration(pause)}, ` : ''}${row.text.textContent.slice(0, 40)}`);
  }

  function previewOf(item, part) {
    if (isEntry(item) && entries.textLength[item] > 0) {
      return decodedOf(item, 200).replace(/\s*\n\s*/g, ' ');
    }
    return [...part].map(charOf).join('');
  }

  const decodedOf = (item, most = Infinity) =>
    utf8.decode(bytes.subarray(entries.textAt[item], entries.textAt[item] + Math.min(most, entries.textLength[item])));

  function reveal(index, centre) {
    const top = index * ROW;
    const { scrollTop, clientHeight } = ui.list;
    if (centre) {
      ui.list.scrollTop = top - clientHeight / 3;
    } else if (top < scrollTop) {
      ui.list.scrollTop = top;
    } else if (top + ROW > scrollTop + clientHeight) {
      ui.list.scrollTop = top + ROW - clientHeight;
    }
  }

  function select(item, centre = false) {
    const before = selected;
    selected = item;
    if (before !== item) {
      whole = false;
    }
    reveal(shown.indexOf(item), centre);
    const micros = microsOf(item);
    if (micros < timeAt(view.from) || micros > timeAt(view.to)) {
      const width = view.to - view.from;
      const place = Math.max(0, Math.min(1 - width, share(micros) - width / 2));
      view = { from: place, to: place + width };
      drawTimeline();
    }
    drawList();
    drawCursor();
    drawDetail();
    showPlace();
  }

  function move(steps) {
    if (shown.length > 0) {
      const index = shown.indexOf(selected) + steps;
      select(shown[Math.max(0, Math.min(shown.length - 1, index))]);
    }
  }

  // Marks

  let currentMark = -1;

  function goToMark(index) {
    currentMark = (index + marks.length) % marks.length;
    const mark = marks[currentMark];
    clearFilters();
    tab = 'compare';
    if (sessions[mark.session] === session) {
      filter();
    } else {
      choose(mark.session);
    }
    const item = mark.row > 0 && conversation
      ? conversation.from + mark.row - 1
      : -1 - session.marks.indexOf(mark);
    select(item, true);
    drawMarks();
  }

  function drawMarks() {
    if (marks.length === 0) {
      return;
    }
    const nav = byId('marks');
    nav.hidden = false;
    const mark = marks[Math.max(0, currentMark)];
    nav.replaceChildren(
      make('span', { class: 'which' }, marks.length === 1
        ? `The ${word.mark}`
        : `${word.mark} ${count(Math.max(0, currentMark) + 1)} of ${count(marks.length)}`),
      make('button', { class: 'go', type: 'button', click: () => goToMark(Math.max(0, currentMark)) }, mark.title),
      ...(marks.length === 1 ? [] : [
        make('button', { type: 'button', title: `Previous ${word.mark} (p)`, 'aria-label': `Previous ${word.mark}`,
          click: () => goToMark(currentMark - 1) }, '\u2039'),
        make('button', { type: 'button', title: `Next ${word.mark} (n)`, 'aria-label': `Next ${word.mark}`,
          click: () => goToMark(currentMark + 1) }, '\u203a'),
      ]));
  }

  // The timeline: time to scale, c2s above the line, s2c below

  let view = { from: 0, to: 1 };

  const start = () => (conversation && conversation.to > conversation.from ? entries.micros[conversation.from] : 0);
  const span = () => (conversation && conversation.to > conversation.from
    ? Math.max(1, entries.micros[conversation.to - 1] - start()) : 1);
  const timeAt = (part) => start() + part * span();
  const share = (micros) => (micros - start()) / span();

  function drawTimeline() {
    const canvas = ui.bars;
    const scale = window.devicePixelRatio || 1;
    const width = canvas.clientWidth;
    const height = canvas.clientHeight;
    if (width === 0) {
      return;
    }
    canvas.width = Math.round(width * scale);
    canvas.height = Math.round(height * scale);
    const colours = getComputedStyle(document.documentElement);
    const colour = (name) => colours.getPropertyValue(name).trim();
    const pen = canvas.getContext('2d');
    pen.scale(scale, scale);
    const middle = Math.round((height - 14) / 2);
    const x = (micros) => EDGE + (width - 2 * EDGE) * (share(micros) - view.from) / (view.to - view.from);

    drawAxis(pen, colour, width, height, x);
    pen.fillStyle = colour('--line');
    pen.fillRect(0, middle, width, 1);

    // A bar is as tall as there are bytes in its pixel, compared to the fullest one that is in view.
    const bytesAt = { c2s: new Float64Array(width + 1), s2c: new Float64Array(width + 1) };
    let most = 1;
    const markedAt = new Map();
    for (const item of shown) {
      const micros = microsOf(item);
      const px = Math.round(x(micros));
      if (px >= 0 && px <= width) {
        const bars = bytesAt[directionOf(item)];
        bars[px] += 1 + lengthOf(item); // so that an empty payload shows, too
        most = Math.max(most, bars[px]);
        if (markOf(item)) {
          markedAt.set(px, item);
        }
      }
    }
    const room = middle - 4;
    for (const [direction, sign] of [['c2s', -1], ['s2c', 1]]) {
      pen.fillStyle = colour(`--${direction}`);
      bytesAt[direction].forEach((bytes, px) => {
        if (bytes > 0) {
          const h = Math.round(room * (0.2 + 0.8 * Math.sqrt(bytes / most)));
          pen.fillRect(px - 0.75, sign < 0 ? middle - h : middle + 1, 1.5, h);
        }
      });
    }
    pen.fillStyle = colour('--bad');
    for (const px of markedAt.keys()) {
      pen.beginPath();
      pen.moveTo(px - 4, 0);
      pen.lineTo(px + 4, 0);
      pen.lineTo(px, 7);
      pen.fill();
      pen.fillRect(px - 0.5, 7, 1, height - 21);
    }
    drawCursor();
  }

  const EDGE = 6;

  function drawCursor() {
    const { timeline, cursor } = ui;
    const place = selected === null ? -1 : (share(microsOf(selected)) - view.from) / (view.to - view.from);
    cursor.hidden = place < 0 || place > 1;
    cursor.style.left = `${EDGE + (timeline.clientWidth - 2 * EDGE) * place}px`;
    timeline.setAttribute('aria-valuemax', String(shown.length));
    timeline.setAttribute('aria-valuenow', String(shown.indexOf(selected) + 1));
    timeline.setAttribute('aria-valuetext', selected === null ? 'no entry'
      : `${directionOf(selected)} entry ${numberOf(selected)} at ${moment(microsOf(selected))} s`);
  }

  function drawAxis(pen, colour, width, height, x) {
    const visible = span() * (view.to - view.from);
    const rough = visible / Math.max(2, Math.floor(width / 110));
    const power = 10 ** Math.floor(Math.log10(Math.max(1, rough)));
    const step = [1, 2, 5, 10].map((n) => n * power).find((n) => n >= rough) || power;
    pen.font = '11px system-ui, sans-serif';
    pen.textBaseline = 'bottom';
    for (let t = Math.ceil(timeAt(view.from) / step) * step; t <= timeAt(view.to); t += step) {
      const px = Math.round(x(t));
      pen.fillStyle = colour('--line');
      pen.fillRect(px, 0, 1, height - 13);
      pen.fillStyle = colour('--quiet');
      const label = axisLabel(t, step);
      const wide = pen.measureText(label).width;
      pen.fillText(label, Math.max(0, Math.min(width - wide, px - wide / 2)), height);
    }
  }

  function axisLabel(micros, step) {
    const digits = Math.max(0, Math.ceil(6 - Math.log10(step) - 1e-9));
    return `${(micros / 1e6).toFixed(Math.min(6, digits))} s`;
  }

  function zoom(factor, around = 0.5) {
    const width = Math.min(1, Math.max((view.to - view.from) * factor, Math.min(1, 20 / span())));
    const pivot = view.from + (view.to - view.from) * around;
    const from = Math.max(0, Math.min(1 - width, pivot - width * around));
    view = { from, to: from + width };
    drawTimeline();
  }

  function nearest(event) {
    const box = ui.timeline.getBoundingClientRect();
    const place = (event.clientX - box.left - EDGE) / (box.width - 2 * EDGE);
    const micros = timeAt(view.from + place * (view.to - view.from));
    let low = 0;
    let high = shown.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (microsOf(shown[middle]) < micros) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    const left = shown[Math.max(0, low - 1)];
    const right = shown[Math.min(shown.length - 1, low)];
    return Math.abs(microsOf(left) - micros) < Math.abs(microsOf(right) - micros) ? left : right;
  }

  // The selected entry

  function drawDetail() {
    const item = selected;
    const mark = markOf(item);
    const payload = payloadOf(item);
    const direction = directionOf(item);
    const index = isEntry(item) ? item : conversation ? conversation.to : 0;
    const tabs = [
      ...(mark ? [['compare', isDiff ? 'A and B' : 'Expected and found']] : []),
      ['hex', 'Hex'],
      ['text', 'Text'],
      ...(isEntry(item) && flagsOf(item) & HAS_TEXT ? [['decoded', 'Decoded']] : []),
    ];
    const open = tabs.some(([id]) => id === tab) ? tab : mark ? 'compare' : 'hex';
    const panel = make('div', { role: 'tabpanel', id: 'panel', 'aria-labelledby': `tab-${open}`, tabindex: '0' });
    const buttons = tabs.map(([id, name]) => make('button', {
      role: 'tab', id: `tab-${id}`, type: 'button', 'aria-selected': String(id === open), 'aria-controls': 'panel',
      tabindex: id === open ? '0' : '-1', click: () => openTab(id),
    }, name));
    const place = isEntry(item) && !isDiff
      ? `, line ${entries.line[item]}` : '';
    ui.detail.replaceChildren(
      make('h2', {},
        make('span', { class: `tag ${direction}` }, direction),
        ` entry ${numberOf(item)}${place}`),
      make('p', { class: 'facts' }, facts(item, payload)),
      make('p', { class: 'before' }, before(index, direction)),
      ...(mark ? [markText(mark)] : []),
      make('div', { class: 'tabs' },
        make('div', { role: 'tablist', 'aria-label': 'Payload', keydown: (event) => turnTab(event, tabs, open) }, ...buttons),
        make('button', { type: 'button', class: 'copy', click: (event) => copy(event.target, open, item) }, 'Copy')),
      panel);
    if (open === 'compare') {
      compare(panel, mark);
    } else if (open === 'hex') {
      dump(panel, payload);
    } else {
      panel.append(make('pre', { class: 'text' }, ...withHits(open === 'text' ? textOf(payload) : decodedOf(item))));
    }
    cutNote(panel, payload, open);
  }

  function facts(item, payload) {
    if (!isEntry(item)) {
      return `not in the recording; ${size(payload.length)}`;
    }
    const timed = !(entries.flags[item] & ONLY_B);
    return (timed ? `at ${moment(entries.micros[item])} s` : 'only in B')
      + (timed && item > conversation.from ? `, ${duration(pauseBefore(item))} after the entry before` : '')
      + `; ${size(payload.length)}`;
  }

  /** The last entry before that went the other way. */
  function before(index, direction) {
    const first = conversation ? conversation.from : index;
    for (let i = index - 1; i >= Math.max(first, index - 100000); i--) {
      if (directionOf(i) !== direction) {
        return make('button', { type: 'button', class: 'link', click: () => { show(i); } },
          `${directionOf(i)} entry ${numberOf(i)} came before it`);
      }
    }
    return '';
  }

  function show(item) {
    if (!shown.includes(item)) {
      clearFilters();
      filter();
    }
    select(item);
  }

  function markText(mark) {
    return make('div', { class: 'mark' },
      make('p', { class: 'title' }, mark.title),
      ...(mark.advice ? [make('ul', {}, ...mark.advice.split('\n').map((line) => make('li', {}, line)))] : []),
      ...(mark.explanation ? [make('details', {}, make('summary', {}, 'As printed'), make('pre', {}, mark.explanation))] : []));
  }

  function openTab(id) {
    tab = id;
    drawDetail();
    byId(`tab-${id}`).focus();
  }

  function turnTab(event, tabs, open) {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (step) {
      const index = tabs.findIndex(([id]) => id === open);
      openTab(tabs[(index + step + tabs.length) % tabs.length][0]);
      event.preventDefault();
      event.stopPropagation();
    }
  }

  function cutNote(panel, payload, open) {
    if (open !== 'compare' && payload.kept < payload.length) {
      panel.append(make('p', { class: 'cut' },
        `Only ${size(payload.kept)} of ${count(payload.length)} are in this page`
        + (payload.from > 0 ? `, from payload byte ${payload.from} on.` : '.')));
    }
  }

  const viewOf = (payload) => bytes.subarray(payload.at, payload.at + payload.kept);
  const textOf = (payload) => utf8.decode(viewOf(payload));

  function withHits(text) {
    const wanted = ui.find.value.trim().toLowerCase();
    if (!wanted || text.length > 200000) {
      return [text];
    }
    const parts = [];
    const lower = text.toLowerCase();
    let from = 0;
    for (let at = lower.indexOf(wanted); at >= 0 && lower.length === text.length; at = lower.indexOf(wanted, from)) {
      parts.push(text.slice(from, at), make('mark', { class: 'hit' }, text.slice(at, at + wanted.length)));
      from = at + wanted.length;
    }
    parts.push(text.slice(from));
    return parts;
  }

  /** Which bytes of a payload are part of a hit. */
  function hitsIn(payload) {
    const hits = new Set();
    for (const needle of needles) {
      const to = payload.at + payload.kept;
      let at = indexOf(needle, payload.at, to);
      while (at >= 0 && hits.size < 10000) {
        for (let i = 0; i < needle.value.length; i++) {
          hits.add(at + i - payload.at + payload.from);
        }
        at = indexOf(needle, at + needle.value.length, to);
      }
    }
    return hits;
  }

  /** How many bytes fit into a row, next to that many other characters. */
  function bytesInRow(panel, sides, others) {
    const probe = make('span', { class: 'probe' }, '0'.repeat(100));
    panel.append(probe);
    const width = probe.getBoundingClientRect().width / 100;
    probe.remove();
    const room = panel.clientWidth / width - others;
    return [16, 8, 4].find((n) => sides * (4 * n + 1) <= room) || 4;
  }

  /** Bytes of one row, in runs of the same class: in hex, or as text. */
  function runs(payload, from, n, classOf, inHex) {
    const parts = [];
    let run = '';
    let runClass = '';
    const flush = () => {
      if (run) {
        parts.push(runClass ? make('mark', { class: runClass }, run) : run);
      }
      run = '';
    };
    for (let at = from; at < from + n; at++) {
      const has = at >= payload.from && at < payload.from + payload.kept;
      const b = has ? bytes[payload.at + at - payload.from] : 0;
      const now = has ? classOf(at) : '';
      if (now !== runClass) {
        // The blank between two runs belongs to neither.
        const blank = inHex && at > from;
        run = blank ? run.slice(0, -1) : run;
        flush();
        if (blank) {
          parts.push(' ');
        }
        runClass = now;
      }
      run += has ? (inHex ? `${hexOf(b)} ` : charOf(b)) : (inHex ? '   ' : ' ');
    }
    if (inHex) {
      run = run.slice(0, -1);
    }
    flush();
    return parts;
  }

  const FIRST_ROWS = 128;

  function dump(panel, payload) {
    if (payload.length === 0) {
      panel.append(make('p', { class: 'empty' }, 'The payload is empty.'));
      return;
    }
    const digits = String(payload.from + payload.kept).length;
    const n = bytesInRow(panel, 1, digits + 2);
    const hits = hitsIn(payload);
    const classOf = (at) => (hits.has(at) ? 'hit' : '');
    const pre = make('pre', { class: 'bytes' });
    const all = Math.ceil(payload.kept / n);
    const most = whole ? all : Math.min(all, FIRST_ROWS);
    for (let row = 0; row < most; row++) {
      const from = payload.from + row * n;
      pre.append(make('span', { class: 'offset' }, String(from).padStart(digits)), '  ',
        ...runs(payload, from, n, classOf, true), '  ', ...runs(payload, from, n, classOf, false), '\n');
    }
    panel.append(pre);
    more(panel, most < all, `Show all ${size(payload.kept)}`);
  }

  function more(panel, has, name) {
    if (has) {
      panel.append(make('button', { type: 'button', click: () => { whole = true; drawDetail(); } }, name));
    }
  }

  /** Which bytes differ: those that were named, and those that are not equal and not left open. */
  function differing(mark) {
    const { expected, found } = mark;
    if (!expected || !found) {
      return { inExpected: () => '', inFound: () => '' };
    }
    const set = (ranges) => {
      const all = new Set();
      ranges.forEach((range) => {
        for (let at = range.from; at < range.from + Math.min(range.length, 100000); at++) {
          all.add(at);
        }
      });
      return all;
    };
    const open = set(mark.open);
    const named = set(mark.differing);
    const at = (payload, i) =>
      (i >= payload.from && i < payload.from + payload.kept ? bytes[payload.at + i - payload.from] : -1);
    if (expected.length === found.length) {
      // Only the first places are named, if there are many.
      const most = 100;
      const last = mark.differing.length < most ? Infinity : Math.max(...named);
      const classOf = (i) => (named.has(i) ? 'differs'
        : open.has(i) ? 'open'
          : i > last && at(expected, i) !== at(found, i) ? 'differs' : '');
      return { inExpected: classOf, inFound: classOf };
    }
    // What is in the middle, between the same beginning and the same end.
    const shorter = Math.min(expected.length, found.length);
    let head = 0;
    while (head < shorter && (open.has(head) || at(expected, head) === at(found, head))) {
      head++;
    }
    let tail = 0;
    while (tail < shorter - head
        && (open.has(expected.length - 1 - tail)
          || at(expected, expected.length - 1 - tail) === at(found, found.length - 1 - tail))) {
      tail++;
    }
    const classIn = (payload, shift) => (i) => (i >= head && i < payload.length - tail ? 'differs'
      : open.has(i < head ? i : i - shift) ? 'open' : '');
    return { inExpected: classIn(expected, 0), inFound: classIn(found, found.length - expected.length) };
  }

  function compare(panel, mark) {
    const { expected, found } = mark;
    const none = { length: 0, from: 0, kept: 0, at: 0 };
    const classes = differing(mark);
    const from = Math.min((expected || found || none).from, (found || expected || none).from);
    const end = Math.max(...[expected, found].map((one) => (one ? one.from + one.kept : 0)));
    const n = bytesInRow(panel, 2, 6 + Math.max(4, String(end).length));
    const lines = [];
    for (let at = from - (from % n); at < end; at += n) {
      lines.push(at);
    }
    const differs = lines.map((line) => {
      for (let at = line; at < line + n; at++) {
        if ((expected && at < expected.length && classes.inExpected(at) === 'differs')
            || (found && at < found.length && classes.inFound(at) === 'differs')) {
          return true;
        }
      }
      return false;
    });
    const isNear = (i) => whole || lines.length < 24 || !differs.includes(true) && i < 24
      || [-3, -2, -1, 0, 1, 2, 3].some((step) => differs[i + step]);
    const body = make('tbody', {});
    let folded = 0;
    let made = 0;
    const unfold = () => {
      if (folded > 0) {
        body.append(make('tr', { class: 'fold' }, make('td', { colspan: '3' },
          make('button', { type: 'button', class: 'link', click: () => { whole = true; drawDetail(); } },
            `${count(folded)} more bytes`))));
      }
      folded = 0;
    };
    lines.forEach((line, i) => {
      if (!isNear(i) || made >= 2048) {
        folded += Math.min(n, end - line);
        return;
      }
      unfold();
      made++;
      const side = (payload, classOf) => make('td', {}, ...(payload
        ? [...runs(payload, line, n, classOf, true), '  ', ...runs(payload, line, n, classOf, false)] : []));
      body.append(make('tr', differs[i] ? { class: 'row-differs' } : {},
        make('th', { scope: 'row' }, String(line)),
        side(expected, classes.inExpected), side(found, classes.inFound)));
    });
    unfold();
    const heading = (name, payload) => make('th', { scope: 'col' },
      `${name}, ${payload ? size(payload.length) : 'none'}`);
    panel.append(
      make('table', { class: 'bytes' },
        make('thead', {}, make('tr', {}, make('th', { scope: 'col' }, 'byte'),
          heading(word.expected, expected), heading(word.found, found))),
        body),
      make('p', { class: 'legend' },
        ...(mark.differing.length ? [`Differs at ${mark.differing.slice(0, 8).map((r) => `${r.from}+${r.length}`).join(', ')}`
          + `${mark.differing.length > 8 ? ', ...' : ''} (offset+length). `] : []),
        ...(mark.open.length ? [make('mark', { class: 'open' }, '00'), ' is left open by rules.'] : [])));
    if (mark.decoded) {
      panel.append(make('pre', { class: 'text decoded' }, ...mark.decoded.split('\n').map((line) =>
        make('span', { class: /^ {4}[-+] /.test(line) ? 'changed' : '' }, `${line.replace(/^ {2}/, '')}\n`))));
    }
    for (const one of [expected, found]) {
      if (one && one.kept < one.length) {
        panel.append(make('p', { class: 'cut' },
          `Of ${size(one.length)} this page has ${count(one.kept)}, from payload byte ${one.from} on.`));
      }
    }
  }

  function copy(button, open, item) {
    const payload = payloadOf(item);
    const text = open === 'decoded' ? decodedOf(item)
      : open === 'text' ? textOf(payload)
        : open === 'compare' ? sidesOf(markOf(item))
          : hexText(payload);
    const refused = () => { button.textContent = 'Cannot copy here'; };
    if (navigator.clipboard) {
      navigator.clipboard.writeText(text).then(() => { button.textContent = 'Copied'; }, refused);
    } else {
      refused();
    }
  }

  const hexText = (payload) => Array.from(viewOf(payload), hexOf).join('');
  const sidesOf = (mark) => [[word.expected, mark.expected], [word.found, mark.found]]
    .filter(([, payload]) => payload).map(([name, payload]) => `${name}\t${hexText(payload)}`).join('\n');

  // The place in the address, so that a page can be reloaded

  function showPlace() {
    const place = `#${sessions.indexOf(session) + 1}.${shown.indexOf(selected) + 1}`;
    clearTimeout(showPlace.timer);
    showPlace.timer = setTimeout(() => {
      try {
        history.replaceState(null, '', place);
      } catch {
        // not where the browser forbids it
      }
    }, 200);
  }

  function restorePlace() {
    const place = /^#(\d+)\.(\d+)$/.exec(location.hash);
    if (place && sessions[place[1] - 1]) {
      choose(place[1] - 1);
      if (shown[place[2] - 1] !== undefined) {
        select(shown[place[2] - 1], true);
      }
      return true;
    }
    return false;
  }

  // The parts of the page

  const ui = {};

  function build() {
    const input = (attributes) => make('input', { autocomplete: 'off', spellcheck: 'false', ...attributes });
    ui.kind = input({ type: 'text', id: 'kind', list: 'kinds', placeholder: '0003 or len=9' });
    ui.kinds = make('datalist', { id: 'kinds' });
    ui.find = input({ type: 'search', id: 'find', placeholder: 'text or 0xhex' });
    ui.hide = input({ type: 'checkbox', id: 'hide', checked: true });
    ui.only = input({ type: 'checkbox', id: 'only' });
    ui.count = make('output', { id: 'count', 'aria-live': 'polite' });
    ui.message = make('p', { class: 'message' });
    const direction = (value, name) => make('label', {},
      input({ type: 'radio', name: 'direction', value, checked: value === 'both' }), make('span', {}, name));
    ui.filters = make('form', { id: 'filters', 'aria-label': 'Filters', submit: (event) => event.preventDefault() },
      ...choices(),
      make('fieldset', {}, make('legend', {}, 'Direction'),
        direction('both', 'both'), direction('c2s', 'c2s'), direction('s2c', 's2c')),
      make('label', { for: 'kind' }, 'Kind'), ui.kind, ui.kinds,
      make('label', { for: 'find' }, 'Find'), ui.find,
      make('label', { class: 'check' }, ui.hide, 'hide others'),
      make('label', { class: 'check', hidden: marks.length === 0 }, ui.only, word.only),
      ui.count,
      make('button', { type: 'button', class: 'help', 'aria-label': 'Keys', title: 'Keys (?)',
        click: () => ui.help.showModal() }, '?'));
    ui.bars = make('canvas', {});
    ui.cursor = make('div', { class: 'cursor' });
    ui.timeline = make('div', { id: 'timeline', tabindex: '0', role: 'slider', 'aria-label': 'Timeline',
      'aria-valuemin': '1' }, ui.bars, ui.cursor);
    ui.sizer = make('div', { id: 'sizer', role: 'presentation' });
    ui.list = make('div', { id: 'list', role: 'listbox', tabindex: '0', 'aria-label': 'Entries' }, ui.sizer);
    ui.detail = make('section', { id: 'detail', 'aria-label': 'Selected entry' });
    ui.help = keys();
    const zoomButton = (name, label, action) =>
      make('button', { type: 'button', 'aria-label': label, title: label, click: action }, name);
    const heading = (name, className) => make('span', { class: className }, name);
    byId('main').append(
      ui.filters, ui.message,
      make('div', { id: 'times' },
        make('div', { class: 'sides', 'aria-hidden': 'true' }, make('span', { class: 'c2s' }, 'c2s'), make('span', { class: 's2c' }, 's2c')),
        ui.timeline,
        make('div', { class: 'zoom' },
          zoomButton('+', 'Zoom in (+)', () => zoom(0.5)),
          zoomButton('\u2212', 'Zoom out (-)', () => zoom(2)),
          zoomButton('\u21a4\u21a6', 'Show all (0)', () => zoom(Infinity)))),
      make('div', { id: 'panes' },
        make('div', { id: 'entries' },
          make('div', { class: 'head', 'aria-hidden': 'true' },
            heading('', 'sign'), heading('entry', 'number'), heading('time s', 'time'), heading('pause before', 'pause'),
            heading('direction', 'direction'), heading('bytes', 'length'), heading('in hex', 'hex'), heading('as text', 'text')),
          ui.list),
        ui.detail),
      ui.help);
    listen();
  }

  /** The folder that all conversations are in, with a / at its end. */
  function commonFolder() {
    const names = conversations.map((one) => one.name);
    let folder = names.length > 1 ? names[0].slice(0, names[0].lastIndexOf('/') + 1) : '';
    while (!names.every((name) => name.startsWith(folder))) {
      folder = folder.slice(0, folder.lastIndexOf('/', folder.length - 2) + 1);
    }
    return folder;
  }

  function choices() {
    if (sessions.length < 2) {
      return [];
    }
    const folder = commonFolder();
    ui.choice = make('select', { id: 'choice' }, ...sessions.map((one, i) => {
      const part = conversations[one.conversation];
      return make('option', { value: String(i) },
        `${one.outcome && one.outcome !== 'matched' ? '\u2717 ' : ''}${one.name.replace(folder, '')}`
        + (one.outcome ? ` ${one.outcome}` : ` (${plural(part.to - part.from, 'entry', 'entries')})`));
    }));
    ui.choice.addEventListener('change', () => choose(Number(ui.choice.value)));
    return [make('label', { for: 'choice' }, 'Connection'), ui.choice];
  }

  function keys() {
    const lines = [
      ['\u2191 \u2193, k j', 'entry before, entry after'],
      ['PgUp PgDn Home End', 'further'],
      [', .', 'entry before and after in the same direction'],
      ...(marks.length ? [['p n', `${word.mark} before, ${word.mark} after`]] : []),
      ...(sessions.length > 1 ? [['[ ]', 'connection before, connection after']] : []),
      ['/', 'find'],
      ['Enter', 'in Find: the next entry that has it'],
      ['Esc', 'clear the filters'],
      ['+ - 0', 'zoom the timeline; the wheel does, too'],
      ['?', 'this list'],
    ];
    return make('dialog', { 'aria-label': 'Keys' },
      make('dl', {}, ...lines.flatMap(([key, does]) => [make('dt', {}, key), make('dd', {}, does)])),
      make('form', { method: 'dialog' }, make('button', {}, 'Close')));
  }

  function listen() {
    let waiting = 0;
    ui.filters.addEventListener('input', (event) => {
      clearTimeout(waiting);
      if (event.target !== ui.choice) {
        waiting = setTimeout(filter, event.target.type === 'text' || event.target.type === 'search' ? 150 : 0);
      }
    });
    ui.find.addEventListener('keydown', (event) => {
      if (event.key === 'Enter' && shown.length > 0) {
        clearTimeout(waiting);
        filter();
        const from = shown.indexOf(selected);
        const step = event.shiftKey ? -1 : 1;
        for (let i = 1; i <= shown.length; i++) {
          const item = shown[(from + step * i + shown.length * 2) % shown.length];
          if (hasNeedle(item)) {
            select(item);
            break;
          }
        }
      }
    });
    let drawing = false;
    ui.list.addEventListener('scroll', () => {
      if (!drawing) {
        drawing = true;
        requestAnimationFrame(() => {
          drawing = false;
          drawList();
        });
      }
    });
    ui.timeline.addEventListener('click', (event) => {
      if (shown.length > 0) {
        select(nearest(event), true);
      }
    });
    ui.timeline.addEventListener('wheel', (event) => {
      event.preventDefault();
      const box = ui.timeline.getBoundingClientRect();
      zoom(event.deltaY > 0 ? 1.25 : 0.8, (event.clientX - box.left) / box.width);
    }, { passive: false });
    document.addEventListener('keydown', onKey);
    new ResizeObserver(() => {
      drawList();
      drawTimeline();
    }).observe(ui.list);
    let width = 0;
    new ResizeObserver(() => {
      if (width !== ui.detail.clientWidth && selected !== null) {
        width = ui.detail.clientWidth;
        drawDetail();
      }
    }).observe(ui.detail);
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', drawTimeline);
  }

  function onKey(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || ui.help.open) {
      return;
    }
    const { target } = event;
    if (target.matches('input[type=text], input[type=search]')) {
      if (event.key === 'Escape') {
        target.value = '';
        filter();
        ui.list.focus();
      }
      return;
    }
    if (target.matches('select, input, summary, [role=tab]') && /^(Arrow|Home|End|Page|Enter| )/.test(event.key)) {
      return;
    }
    const page = Math.max(1, Math.floor(ui.list.clientHeight / ROW) - 1);
    const scrollsPanel = target.id === 'panel' && /^(Arrow|Home|End|Page)/.test(event.key);
    const actions = {
      ArrowDown: () => move(1), j: () => move(1), ArrowUp: () => move(-1), k: () => move(-1),
      PageDown: () => move(page), PageUp: () => move(-page),
      Home: () => move(-Infinity), End: () => move(Infinity),
      ',': () => moveSameWay(-1), '.': () => moveSameWay(1),
      n: () => marks.length && goToMark(currentMark + 1), p: () => marks.length && goToMark(currentMark - 1),
      '[': () => turn(-1), ']': () => turn(1),
      '/': () => ui.find.focus(),
      '+': () => zoom(0.5), '=': () => zoom(0.5), '-': () => zoom(2), 0: () => zoom(Infinity),
      Escape: () => { clearFilters(); filter(); },
      '?': () => ui.help.showModal(),
    };
    if (target === ui.timeline) {
      actions.ArrowRight = actions.ArrowDown;
      actions.ArrowLeft = actions.ArrowUp;
    }
    const action = Object.hasOwn(actions, event.key) && !scrollsPanel ? actions[event.key] : null;
    if (action) {
      event.preventDefault();
      action();
    }
  }

  function moveSameWay(step) {
    for (let i = shown.indexOf(selected) + step; i >= 0 && i < shown.length; i += step) {
      if (directionOf(shown[i]) === directionOf(selected)) {
        select(shown[i]);
        return;
      }
    }
  }

  function turn(step) {
    choose((sessions.indexOf(session) + step + sessions.length) % sessions.length);
  }

  async function run() {
    try {
      bytes = await unpack(byId('data'));
      parse();
    } catch (e) {
      const known = e instanceof Error && e.message.startsWith('This browser');
      byId('state').textContent = known ? e.message
        : 'This file is damaged: its entries cannot be read. Copy it again or make it again.';
      return;
    }
    build();
    byId('unread').hidden = true;
    byId('main').hidden = false;
    if (sessions.length === 0) {
      return;
    }
    drawMarks();
    if (!restorePlace()) {
      if (marks.length > 0) {
        goToMark(0);
      } else {
        choose(0);
      }
    }
    ui.list.focus({ preventScroll: true });
  }

  run();
})();
