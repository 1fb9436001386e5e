using System.Buffers.Binary;
using Prozchain.Shared;

namespace Prozchain.Sharding.State;

/// <summary>
/// The order of a batch's keys: passes by eleven of the bits after the shared prefix, as many as tell most keys apart,
/// then whole keys among those that agree there, in n log n steps whatever the keys. Reused.
/// </summary>
internal sealed unsafe class KeySorter : IDisposable
{
    private const int DigitBits = 11, MaxDigits = 3, Small = 64;

    private readonly NativeBuffer<(ulong Head, long Index)> _items = new(), _other = new();
    private readonly NativeBuffer<int> _places = new();
    private readonly int[] _starts = new int[MaxDigits << DigitBits];
    private (ulong Head, long Index)* _sorted;

    /// <summary>For each write its place in the order; null if the writes were in order.</summary>
    public int* Places { get; private set; }

    /// <exception cref="ArgumentException">A key occurs twice or lies outside the prefix, or a value is too long.</exception>
    public void Sort(ReadOnlySpan<StateWrite> writes, in Bytes32 prefix, int rootDepth)
    {
        int count = writes.Length;
        _items.Reserve(count);
        ulong last = 0;
        bool isAsGiven = true;
        for (int i = 0; i < count; i++)
        {
            ref readonly StateWrite write = ref writes[i];
            if (write.Value.Length > StateWrite.MaxValueBytes && !write.IsDelete)
                throw new ArgumentException($"Expected values of at most {StateWrite.MaxValueBytes} bytes, got {write.Value.Length}.", nameof(writes));
            if (rootDepth > 0 && Bytes32.CommonPrefix(write.Key.Bytes, prefix) < rootDepth)
                throw new ArgumentException($"Expected keys with the first {rootDepth} bits of {prefix}, got {write.Key}.", nameof(writes));
            ulong head = Head(write.Key.Bytes, rootDepth);
            _items.Items[i] = (head, i);
            isAsGiven &= head > last || i == 0;
            last = head;
        }
        Places = null;
        if (isAsGiven) return;
        _sorted = _items.Items;
        // Of random keys, few then agree in all digits.
        int digits = count <= Small ? 0 : count <= 1 << (2 * DigitBits - 4) ? 2 : MaxDigits;
        if (digits > 0) Radix(count, digits);
        int run = 0;
        for (int i = 1; i <= count; i++)
        {
            if (i < count && (digits == 0 || Top(_sorted[i].Head, digits) == Top(_sorted[run].Head, digits))) continue;
            if (i - run > 1) SortRun(writes, _sorted + run, i - run);
            run = i;
        }
        _places.Reserve(count);
        Places = _places.Items;
        for (int i = 0; i < count; i++)
        {
            if (i > 0 && _sorted[i].Head == _sorted[i - 1].Head && KeyOf(writes, _sorted[i]).Equals(KeyOf(writes, _sorted[i - 1])))
                throw new ArgumentException($"Expected each key once, got {KeyOf(writes, _sorted[i])} twice.", nameof(writes));
            Places[_sorted[i].Index] = i;
        }
    }

    public void Dispose()
    {
        _items.Dispose();
        _other.Dispose();
        _places.Dispose();
    }

    private static Bytes32 KeyOf(ReadOnlySpan<StateWrite> writes, (ulong Head, long Index) item) => writes[(int)item.Index].Key.Bytes;

    private static ulong Top(ulong head, int digits) => head >> (64 - digits * DigitBits);

    // The 64 bits from a depth on, zeros beyond the key's end.
    private static ulong Head(in Bytes32 key, int depth)
    {
        ReadOnlySpan<byte> bytes = key.Span;
        int at = depth >> 6, bits = depth & 63;
        ulong head = BinaryPrimitives.ReadUInt64BigEndian(bytes[(8 * at)..]) << bits;
        return bits == 0 || at == 3 ? head : head | BinaryPrimitives.ReadUInt64BigEndian(bytes[(8 * at + 8)..]) >> (64 - bits);
    }

    private void Radix(int count, int digits)
    {
        _other.Reserve(count);
        Array.Clear(_starts);
        for (int i = 0; i < count; i++)
        {
            ulong top = Top(_sorted[i].Head, digits);
            for (int digit = 0; digit < digits; digit++) _starts[(digit << DigitBits) + Digit(top, digit)]++;
        }
        (ulong Head, long Index)* from = _items.Items, to = _other.Items;
        for (int digit = 0; digit < digits; digit++)
        {
            Span<int> starts = _starts.AsSpan(digit << DigitBits, 1 << DigitBits);
            int sum = 0;
            for (int i = 0; i < starts.Length; i++) (starts[i], sum) = (sum, sum + starts[i]);
            for (int i = 0; i < count; i++) to[starts[Digit(Top(from[i].Head, digits), digit)]++] = from[i];
            (ulong Head, long Index)* last = from;
            from = to;
            to = last;
        }
        _sorted = from;
    }

    private static int Digit(ulong top, int digit) => (int)(top >> (digit * DigitBits)) & ((1 << DigitBits) - 1);

    // Insertion for a few, a heap for more.
    private static void SortRun(ReadOnlySpan<StateWrite> writes, (ulong Head, long Index)* items, int count)
    {
        if (count <= 16)
        {
            for (int i = 1; i < count; i++)
            {
                (ulong, long) item = items[i];
                int at = i;
                for (; at > 0 && Less(writes, item, items[at - 1]); at--) items[at] = items[at - 1];
                items[at] = item;
            }
            return;
        }
        for (int i = count / 2 - 1; i >= 0; i--) SiftDown(writes, items, i, count);
        for (int end = count - 1; end > 0; end--)
        {
            (items[0], items[end]) = (items[end], items[0]);
            SiftDown(writes, items, 0, end);
        }
    }

    private static void SiftDown(ReadOnlySpan<StateWrite> writes, (ulong Head, long Index)* items, int at, int count)
    {
        for (int child = 2 * at + 1; child < count; child = 2 * at + 1)
        {
            if (child + 1 < count && Less(writes, items[child], items[child + 1])) child++;
            if (!Less(writes, items[at], items[child])) return;
            (items[at], items[child]) = (items[child], items[at]);
            at = child;
        }
    }

    private static bool Less(ReadOnlySpan<StateWrite> writes, (ulong Head, long Index) a, (ulong Head, long Index) b) =>
        a.Head != b.Head ? a.Head < b.Head : KeyOf(writes, a).CompareTo(KeyOf(writes, b)) < 0;
}
