using System.Buffers.Binary;
using Prozchain.Shared;

namespace Prozchain.Sharding.State;

/// <summary>
/// The order of a batch's keys: three passes by eleven of the bits after the shared prefix, then whole keys among
/// those that agree there, in n log n steps whatever the keys. Reused.
/// </summary>
internal sealed unsafe class KeySorter : IDisposable
{
    private const int DigitBits = 11, Digits = 3, Small = 64;

    private readonly NativeBuffer<Bytes32> _keys = new();
    private readonly NativeBuffer<(ulong Head, long Index)> _items = new(), _other = new();
    private readonly int[] _starts = new int[Digits << DigitBits];
    private (ulong Head, long Index)* _sorted;

    /// <summary>Whether the writes were in order: then the i-th is the i-th.</summary>
    public bool IsAsGiven { get; private set; }

    /// <summary>The place in the batch of the i-th write in order.</summary>
    public int this[int i] => (int)_sorted[i].Index;

    public Bytes32* Key(int i) => _keys.Items + _sorted[i].Index;

    /// <exception cref="ArgumentException">A key occurs twice or lies outside the prefix, or a value is too long.</exception>
    public void Sort(ReadOnlySpan<StateWrite> writes, in Bytes32 prefix, int rootDepth)
    {
        int count = writes.Length;
        _keys.Reserve(count);
        _items.Reserve(count);
        _other.Reserve(count);
        ulong last = 0;
        IsAsGiven = true;
        for (int i = 0; i < count; i++)
        {
            ref readonly StateWrite write = ref writes[i];
            if (write.Value.Length > StateWrite.MaxValueBytes && !write.IsDelete)
                throw new ArgumentException($"Expected values of at most {StateWrite.MaxValueBytes} bytes, got {write.Value.Length}.", nameof(writes));
            if (rootDepth > 0 && Bytes32.CommonPrefix(write.Key.Bytes, prefix) < rootDepth)
                throw new ArgumentException($"Expected keys with the first {rootDepth} bits of {prefix}, got {write.Key}.", nameof(writes));
            _keys.Items[i] = write.Key.Bytes;
            ulong head = Head(_keys.Items + i, rootDepth);
            _items.Items[i] = (head, i);
            IsAsGiven &= head > last || i == 0;
            last = head;
        }
        _sorted = _items.Items;
        if (IsAsGiven) return;
        if (count > Small) Radix(count);
        int run = 0;
        for (int i = 1; i <= count; i++)
        {
            if (i < count && (count <= Small || Top(_sorted[i].Head) == Top(_sorted[run].Head))) continue;
            if (i - run > 1) SortRun(_sorted + run, i - run);
            run = i;
        }
        for (int i = 1; i < count; i++)
            if (_sorted[i].Head == _sorted[i - 1].Head && Key(i)->Equals(*Key(i - 1))) throw new ArgumentException($"Expected each key once, got {*Key(i)} twice.", nameof(writes));
    }

    public void Dispose()
    {
        _keys.Dispose();
        _items.Dispose();
        _other.Dispose();
    }

    private static ulong Top(ulong head) => head >> (64 - Digits * DigitBits);

    // The 64 bits from a depth on, zeros beyond the key's end.
    private static ulong Head(Bytes32* key, int depth)
    {
        ReadOnlySpan<byte> bytes = key->Span;
        int at = depth >> 6, bits = depth & 63;
        ulong head = BinaryPrimitives.ReadUInt64BigEndian(bytes[(8 * at)..]) << bits;
        return bits == 0 || at == 3 ? head : head | BinaryPrimitives.ReadUInt64BigEndian(bytes[(8 * at + 8)..]) >> (64 - bits);
    }

    private void Radix(int count)
    {
        Array.Clear(_starts);
        for (int i = 0; i < count; i++)
        {
            ulong top = Top(_sorted[i].Head);
            for (int digit = 0; digit < Digits; digit++) _starts[(digit << DigitBits) + Digit(top, digit)]++;
        }
        (ulong Head, long Index)* from = _items.Items, to = _other.Items;
        for (int digit = 0; digit < Digits; digit++)
        {
            Span<int> starts = _starts.AsSpan(digit << DigitBits, 1 << DigitBits);
            int sum = 0;
            for (int i = 0; i < starts.Length; i++) (starts[i], sum) = (sum, sum + starts[i]);
            for (int i = 0; i < count; i++) to[starts[Digit(Top(from[i].Head), digit)]++] = from[i];
            (ulong Head, long Index)* last = from;
            from = to;
            to = last;
        }
        _sorted = from;
    }

    private static int Digit(ulong top, int digit) => (int)(top >> (digit * DigitBits)) & ((1 << DigitBits) - 1);

    // Insertion for a few, a heap for more.
    private void SortRun((ulong Head, long Index)* items, int count)
    {
        if (count <= 16)
        {
            for (int i = 1; i < count; i++)
            {
                (ulong, long) item = items[i];
                int at = i;
                for (; at > 0 && Less(item, items[at - 1]); at--) items[at] = items[at - 1];
                items[at] = item;
            }
            return;
        }
        for (int i = count / 2 - 1; i >= 0; i--) SiftDown(items, i, count);
        for (int end = count - 1; end > 0; end--)
        {
            (items[0], items[end]) = (items[end], items[0]);
            SiftDown(items, 0, end);
        }
    }

    private void SiftDown((ulong Head, long Index)* items, int at, int count)
    {
        for (int child = 2 * at + 1; child < count; child = 2 * at + 1)
        {
            if (child + 1 < count && Less(items[child], items[child + 1])) child++;
            if (!Less(items[at], items[child])) return;
            (items[at], items[child]) = (items[child], items[at]);
            at = child;
        }
    }

    private bool Less((ulong Head, long Index) a, (ulong Head, long Index) b) =>
        a.Head != b.Head ? a.Head < b.Head : _keys.Items[a.Index].CompareTo(_keys.Items[b.Index]) < 0;
}
