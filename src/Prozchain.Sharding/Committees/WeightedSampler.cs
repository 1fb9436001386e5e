using System.Buffers.Binary;
using Prozchain.Sharding.Hashing;

namespace Prozchain.Sharding.Committees;

/// <summary>
/// The dialect in which every seat of a committee belongs to another validator: a weighted draw without replacement
/// (Efraimidis and Spirakis 2006). Each validator gets the key log(u) / w from its own random u and its stake w, and the
/// highest keys have the seats, ties by the lower index. Keys are held as -log2(u) in 56-bit fixed point and compared
/// as exact fractions. The committees of one draw are independent of each other.
/// </summary>
/// <remarks>A validator holds at most one seat of a committee however large its stake, which is the cap of this dialect.</remarks>
public sealed class WeightedSampler : ICommitteeSampler
{
    private const int NumbersPerHash = Digest.Size / sizeof(ulong);

    /// <inheritdoc/>
    public bool CanFill(ReadOnlySpan<ulong> stakes, ReadOnlySpan<int> sizes)
    {
        Seats.Sum(sizes);
        int largest = 0;
        foreach (int size in sizes) largest = Math.Max(largest, size);
        return stakes.Length - stakes.Count(0UL) >= largest;
    }

    /// <inheritdoc/>
    public void Draw(ReadOnlySpan<byte> seed, ReadOnlySpan<ulong> stakes, ReadOnlySpan<int> sizes, Span<int> seats)
    {
        Seats.Check(sizes, seats);
        if (seed.Length != Digest.Size) throw new ArgumentException($"Expected a seed of {Digest.Size} bytes, got {seed.Length}.", nameof(seed));
        if (!CanFill(stakes, sizes)) throw new ArgumentException($"Expected as many validators with stake as the largest committee has seats, got {stakes.Length - stakes.Count(0UL)}.", nameof(stakes));
        var keys = new DrawKey[stakes.Length];
        Span<byte> input = stackalloc byte[Digest.Size + 2 * sizeof(uint)];
        seed.CopyTo(input);
        for (int committee = 0, at = 0; committee < sizes.Length; at += sizes[committee++])
        {
            BinaryPrimitives.WriteInt32LittleEndian(input[Digest.Size..], committee);
            DrawOne(input, stakes, keys, seats.Slice(at, sizes[committee]));
        }
    }

    private static void DrawOne(Span<byte> input, ReadOnlySpan<ulong> stakes, DrawKey[] keys, Span<int> seats)
    {
        // The best so far are a heap with the worst of them on top, so that most validators cost one comparison.
        int count = 0;
        Span<byte> numbers = stackalloc byte[Digest.Size];
        for (int i = 0; i < stakes.Length; i++)
        {
            if (i % NumbersPerHash == 0)
            {
                BinaryPrimitives.WriteInt32LittleEndian(input[(Digest.Size + sizeof(uint))..], i / NumbersPerHash);
                Domains.CommitteeDraw.Hash(input).Span.CopyTo(numbers);
            }
            if (stakes[i] == 0) continue;
            ulong random = BinaryPrimitives.ReadUInt64LittleEndian(numbers[(i % NumbersPerHash * sizeof(ulong))..]);
            // Most validators lose already by a bound that costs no logarithm.
            if (count == seats.Length && new DrawKey(FixedLog.AtLeast(random), stakes[i], i).CompareTo(keys[0]) > 0) continue;
            var key = new DrawKey(FixedLog.NegativeLog2(random), stakes[i], i);
            if (count < seats.Length) Up(keys, count++, key);
            else if (key.CompareTo(keys[0]) < 0) Down(keys, count, key);
        }
        keys.AsSpan(0, count).Sort();
        for (int i = 0; i < seats.Length; i++) seats[i] = keys[i].Validator;
    }

    private static void Up(DrawKey[] heap, int at, DrawKey key)
    {
        for (int parent; at > 0 && heap[parent = (at - 1) / 2].CompareTo(key) < 0; at = parent) heap[at] = heap[parent];
        heap[at] = key;
    }

    private static void Down(DrawKey[] heap, int count, DrawKey key)
    {
        int at = 0;
        for (int child; (child = 2 * at + 1) < count; at = child)
        {
            if (child + 1 < count && heap[child].CompareTo(heap[child + 1]) < 0) child++;
            if (heap[child].CompareTo(key) <= 0) break;
            heap[at] = heap[child];
        }
        heap[at] = key;
    }

    private readonly record struct DrawKey(ulong NegativeLog, ulong Stake, int Validator) : IComparable<DrawKey>
    {
        // log / stake, smallest first, without a division.
        public int CompareTo(DrawKey other)
        {
            int order = ((UInt128)NegativeLog * other.Stake).CompareTo((UInt128)other.NegativeLog * Stake);
            return order != 0 ? order : Validator.CompareTo(other.Validator);
        }
    }
}
