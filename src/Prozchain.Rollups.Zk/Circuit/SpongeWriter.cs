using Prozchain.Rollups.Batches;
using Prozchain.Shared;
using Prozchain.Zk.Air;
using Prozchain.Zk.Airs;
using Prozchain.Zk.Fields;
using static Prozchain.Rollups.Zk.Circuit.SpongeColumns;

namespace Prozchain.Rollups.Zk.Circuit;

/// <summary>
/// The tables <see cref="SpongeAir"/> and <see cref="SpongeLaneAir"/> of a segment that reads some of the posted bytes, and the
/// permutations they ask for.
/// </summary>
internal sealed class SpongeWriter<TField> where TField : struct, IField<TField>
{
    private readonly ReadOnlyMemory<byte> _data;
    private readonly int _start, _told, _end;
    private int _row;

    /// <summary>Fills the tables.</summary>
    /// <param name="data">All posted bytes.</param>
    /// <param name="start">The first byte that the segment hashes.</param>
    /// <param name="end">Behind the last one.</param>
    /// <param name="isFirst">Whether it is the batch's first segment.</param>
    /// <param name="leastLogRows">log2 of the fewest rows of a table.</param>
    /// <param name="read">Behind the last one that somebody reads, all to <paramref name="end"/> if it is not said.</param>
    public SpongeWriter(ReadOnlyMemory<byte> data, int start, int end, bool isFirst, int leastLogRows = 1, int read = int.MaxValue)
    {
        if (start < 0 || end < start || end > data.Length) throw new ArgumentException($"Expected a range of {data.Length} bytes, got {start} to {end}.", nameof(end));
        (_data, _start, _told, _end) = (data, start, Math.Min(read, end), end);
        bool isOver = !isFirst && start == data.Length;
        int first = isFirst || data.IsEmpty ? 0 : SpongeBlock.LastBefore(data.Length, start);
        Blocks = data.IsEmpty || isOver ? 0 : SpongeBlock.LastBefore(data.Length, end) + 1 - first;
        int rows = Blocks + (isOver ? 1 : 0);
        for (int i = 0; i < Blocks; i++) rows += Permuted(SpongeBlock.At(data.Length, first + i), i) && SpongeBlock.At(data.Length, first + i).End ? 1 : 0;
        Sponge = new(Width, CircuitRows.Height(rows, leastLogRows));
        Lanes = new(SpongeLaneAir.Width, CircuitRows.Height(RateLanes * Blocks, leastLogRows));
        Live = rows;
        KeccakState state = data.IsEmpty ? default : StateBefore(first);
        if (isOver && !data.IsEmpty)
        {
            WriteBlock(0, 0, SpongeBlock.At(data.Length, first), ref state, isOver: true);
            Set(Block, 0, -1);
        }
        else if (Blocks == 0) Set(Block, 0, -1);
        for (int i = 0; i < Blocks; i++) WriteBlock(_row, i, SpongeBlock.At(data.Length, first + i), ref state, isOver: false);
        for (int row = Math.Max(1, rows); row < Sponge.Height; row++)
        {
            for (int i = 0; i < Width; i++) Sponge[i, row] = i is Real or Permutes or Hash ? TField.Zero : Sponge[i, row - 1];
        }
        Sponge.Cells(0, Boundary, 0).CopyTo(PublicValues.AsSpan(First));
        Sponge.Cells(0, Boundary, Sponge.Height - 1).CopyTo(PublicValues.AsSpan(Last));
        PublicValues[IsPresent] = data.IsEmpty ? TField.Zero : TField.One;
        PublicValues[Length] = TField.FromUInt64((ulong)data.Length);
    }

    /// <summary>Blocks; the lanes have 17 rows each.</summary>
    public int Blocks { get; }

    /// <summary>Rows of <see cref="Sponge"/> that are no padding.</summary>
    public int Live { get; }

    /// <summary>The permutations asked for, each once.</summary>
    public List<KeccakInput> Asked { get; } = [];

    /// <summary>The blocks' table.</summary>
    public Trace<TField> Sponge { get; }

    /// <summary>The lanes' table.</summary>
    public Trace<TField> Lanes { get; }

    /// <summary>The public values of <see cref="SpongeAir"/>.</summary>
    public TField[] PublicValues { get; } = new TField[SpongeColumns.PublicValues];

    /// <summary>Whether the segment permutes a block: all but its last, and the last of all where no later segment reads of it.</summary>
    private bool Permuted(SpongeBlock block, int index) => index < Blocks - 1 || (block.Final && _end == _data.Length);

    /// <summary>Writes a block, unless that is over, and the row behind it if it ends a permuted chunk.</summary>
    private void WriteBlock(int row, int index, SpongeBlock block, ref KeccakState state, bool isOver)
    {
        if (block.Start) state = default;
        KeccakState before = state, absorbed = state;
        Span<byte> bytes = stackalloc byte[Rate];
        block.Write(_data.Span, bytes);
        absorbed.Xor(0, bytes);
        state = absorbed;
        KeccakPermutation.Permute(ref state);
        if (!isOver)
        {
            Set(Real, row, 1);
            Set(Start, row, block.Start ? 1 : 0);
            Set(End, row, block.End ? 1 : 0);
            Set(Offset, row, block.Offset);
            Set(Left, row, block.Left);
            Set(Count, row, block.Count);
            WriteState(row, index, block, before);
            for (int lane = 0; lane < RateLanes; lane++)
            {
                Sponge.WriteWord(Absorbed + 4 * lane, row, absorbed[lane]);
                WriteLane(index, lane, block, before[lane], before[lane] ^ absorbed[lane]);
            }
            _row++;
            if (!Permuted(block, index)) return;
            Set(Permutes, row, 1);
            Asked.Add(new(((ReadOnlySpan<ulong>)absorbed).ToArray()));
            if (!block.End) return;
            row = _row++;
            Set(Hash, row, 1);
        }
        Set(Ended, row, 1);
        Set(Offset, row, block.Offset + block.Count);
        WriteState(row, index, block, state);
    }

    private void WriteState(int row, int index, SpongeBlock block, KeccakState state)
    {
        Set(Final, row, block.Final ? 1 : 0);
        Set(Chunk, row, block.Offset / ChunkCommitment.ChunkSize);
        Set(Block, row, index);
        for (int lane = 0; lane < StateLimbs / 4; lane++) Sponge.WriteWord(Before + 4 * lane, row, state[lane]);
    }

    private void WriteLane(int blockRow, int lane, SpongeBlock block, ulong state, ulong message)
    {
        int row = RateLanes * blockRow + lane, prefix = block.Start ? 1 : 0, size = prefix + block.Count, head = lane == 0 ? prefix : 0;
        int offset = block.Offset + (lane == 0 ? 0 : 8 * lane - prefix);
        Lanes.WriteBits(SpongeLaneAir.State, row, state);
        Lanes.WriteBits(SpongeLaneAir.Message, row, message);
        for (int i = 0; i < 8; i++)
        {
            int place = offset + i - head;
            bool isIn = 8 * lane + i < size, isTold = isIn && i >= head && place >= _start && place < _told;
            (Lanes[SpongeLaneAir.In + i, row], Lanes[SpongeLaneAir.Told + i, row]) = (isIn ? TField.One : TField.Zero, isTold ? TField.One : TField.Zero);
        }
        ReadOnlySpan<int> cells = [row, head, block.End ? 1 : 0, block.End && lane == RateLanes - 1 ? 1 : 0, offset, block.Offset + block.Count, lane == 0 || 8 * lane - 1 < size ? 1 : 0, 1];
        for (int i = 0; i < cells.Length; i++) Lanes[SpongeLaneAir.Number + i, row] = TField.FromUInt64((ulong)cells[i]);
    }

    /// <summary>The state before a block, from its chunk's start.</summary>
    private KeccakState StateBefore(int index)
    {
        KeccakState state = default;
        Span<byte> bytes = stackalloc byte[Rate];
        for (int i = SpongeBlock.FirstOfChunk(index); i < index; i++)
        {
            SpongeBlock.At(_data.Length, i).Write(_data.Span, bytes);
            state.Xor(0, bytes);
            KeccakPermutation.Permute(ref state);
        }
        return state;
    }

    private void Set(int column, int row, int value) => Sponge[column, row] = value < 0 ? -TField.One : TField.FromUInt64((ulong)value);
}
