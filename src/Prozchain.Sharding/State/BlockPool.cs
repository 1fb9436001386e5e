using System.Runtime.CompilerServices;

namespace Prozchain.Sharding.State;

/// <summary>
/// Blocks of some sizes out of segments: a free list a size, threaded through the free blocks, and the rest of the last
/// segment. A block is named by its number in units. Blocks in segments that others refer to as well are frozen: never
/// written and never reused. Not thread-safe, but for reading blocks that do not change.
/// </summary>
internal sealed unsafe class BlockPool : IDisposable
{
    private const int MaxUnits = 256;

    private readonly StateMemory _memory;
    private readonly byte** _segments;
    private readonly int _unitBits, _shift;
    private readonly uint _mask;
    private readonly bool[] _isOwn = new bool[StateMemory.MaxSegments];
    private readonly List<int> _refers = [];
    private readonly uint[] _heads = new uint[MaxUnits + 1], _tails = new uint[MaxUnits + 1];
    private uint _next, _end;

    /// <param name="unitBits">Logarithm of the bytes of a unit.</param>
    public BlockPool(StateMemory memory, int unitBits)
    {
        (_memory, _unitBits) = (memory, unitBits);
        _segments = memory.Segments;
        _shift = System.Numerics.BitOperations.Log2((uint)memory.SegmentBytes) - unitBits;
        _mask = (1u << _shift) - 1;
    }

    /// <summary>Units of all blocks that were taken and not given back.</summary>
    public long UsedUnits { get; set; }

    public long ReservedBytes => (long)_refers.Count * _memory.SegmentBytes;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public byte* At(uint block) => _segments[block >> _shift] + ((nuint)(block & _mask) << _unitBits);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool IsOwn(uint block) => _isOwn[block >> _shift];

    /// <summary>A block whose content is undefined; never number 0.</summary>
    public uint Take(int units)
    {
        UsedUnits += units;
        uint block = _heads[units];
        if (block != 0)
        {
            _heads[units] = *(uint*)At(block);
            return block;
        }
        if (_end - _next < (uint)units)
        {
            int number = _memory.Take();
            _isOwn[number] = true;
            _refers.Add(number);
            _next = (uint)number << _shift;
            _end = _next + _mask + 1;
            if (number == 0) _next++;
        }
        block = _next;
        _next += (uint)units;
        return block;
    }

    public void Give(uint block, int units)
    {
        UsedUnits -= units;
        if (!IsOwn(block)) return;
        *(uint*)At(block) = _heads[units];
        if (_heads[units] == 0) _tails[units] = block;
        _heads[units] = block;
    }

    /// <summary>Another pool reads the same blocks from now on; what is taken later is its own.</summary>
    public BlockPool Share()
    {
        var other = new BlockPool(_memory, _unitBits);
        _memory.Share(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_refers));
        other._refers.AddRange(_refers);
        return other;
    }

    /// <summary>Takes over all that another pool of the same memory has, which is not to be used afterwards.</summary>
    public void Absorb(BlockPool other)
    {
        UsedUnits += other.UsedUnits;
        foreach (int number in other._refers)
        {
            if (other._isOwn[number]) _isOwn[number] = true;
            if (!_refers.Contains(number)) _refers.Add(number);
            else _memory.Return([number]);
        }
        for (int units = 1; units <= MaxUnits; units++)
        {
            if (other._heads[units] == 0) continue;
            *(uint*)At(other._tails[units]) = _heads[units];
            if (_heads[units] == 0) _tails[units] = other._tails[units];
            _heads[units] = other._heads[units];
        }
        other._refers.Clear();
        other.Dispose();
    }

    public void Dispose()
    {
        _memory.Return(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_refers));
        _refers.Clear();
        Array.Clear(_isOwn);
        Array.Clear(_heads);
        (_next, _end) = (0, 0);
    }
}
