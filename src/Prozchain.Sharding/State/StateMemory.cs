using System.Runtime.InteropServices;

namespace Prozchain.Sharding.State;

/// <summary>
/// The unmanaged memory of a family of stores (a shard and what it was split into): segments of one size by number, so
/// that an index of 28 bits names a block wherever it lies, and a child reads its parent's blocks in place. A segment
/// is freed when the last pool that refers to it lets go. Thread-safe.
/// </summary>
internal sealed unsafe class StateMemory
{
    public const int MaxSegments = 1 << 12;

    private const long SmallestSegment = 1 << 16, LargestSegment = 1 << 22;

    private readonly Lock _lock = new();
    private readonly int[] _owners = new int[MaxSegments];
    private readonly byte** _segments = (byte**)NativeMemory.AllocZeroed(MaxSegments, (nuint)sizeof(byte*));

    /// <summary>Segments such that a few times the bound can be reached.</summary>
    public StateMemory(long bound) =>
        SegmentBytes = (int)System.Numerics.BitOperations.RoundUpToPowerOf2((ulong)Math.Clamp(bound / (MaxSegments / 32), SmallestSegment, LargestSegment));

    ~StateMemory()
    {
        for (int i = 0; i < MaxSegments; i++) NativeMemory.AlignedFree(_segments[i]);
        NativeMemory.Free(_segments);
    }

    public int SegmentBytes { get; }

    /// <summary>The segments' addresses by number.</summary>
    public byte** Segments => _segments;

    /// <exception cref="InsufficientMemoryException">The system, or the numbers, are used up.</exception>
    public int Take()
    {
        lock (_lock)
        {
            int number = _owners.AsSpan().IndexOf(0);
            if (number < 0) throw new InsufficientMemoryException($"Expected at most {MaxSegments} segments of {SegmentBytes} bytes in use, got one more.");
            _segments[number] = HugePages.Allocate((nuint)SegmentBytes);
            _owners[number] = 1;
            return number;
        }
    }

    /// <summary>One more pool refers to these.</summary>
    public void Share(ReadOnlySpan<int> segments)
    {
        lock (_lock)
            foreach (int number in segments) _owners[number]++;
    }

    public void Return(ReadOnlySpan<int> segments)
    {
        lock (_lock)
            foreach (int number in segments)
                if (--_owners[number] == 0)
                {
                    NativeMemory.AlignedFree(_segments[number]);
                    _segments[number] = null;
                }
    }
}
