using Prozchain.Shared;
using Prozchain.Sharding.Wire;

namespace Prozchain.Sharding.AtomicCommit;

/// <summary>A transaction over declared cells that is open in this shard.</summary>
internal sealed class ProvisionEntry(AtomicTransaction transaction, ProvisionCommit owner) : Claimant
{
    public AtomicTransaction Transaction { get; } = transaction;

    /// <summary>What each declared cell held when its shard claimed it; null until provided.</summary>
    public CellValue?[] Provided { get; } = new CellValue?[transaction.Cells.Length];

    /// <summary>Declared cells whose shard has certified commit, this one's included.</summary>
    public bool[] Certified { get; } = new bool[transaction.Cells.Length];

    public Digest Outcome { get; private set; }

    /// <summary>What all shards write.</summary>
    public CellValue[] Writes { get; private set; } = [];

    /// <summary>The outcome that another shard certified before this one executed.</summary>
    public Digest? Claimed { get; set; }

    public override Digest Id => Transaction.Id;

    public override long BeginMs => Transaction.BeginMs;

    public override void OnGranted() => owner.Provide(this);

    public override void OnWounded() => owner.Abort(this, mustTell: true);

    /// <summary>Executes on all provisions. True, and fixed, if the transaction can commit.</summary>
    public bool TryExecute(IAtomicProgram program)
    {
        var cells = new CellValue[Provided.Length];
        var writable = new bool[Provided.Length];
        for (int i = 0; i < cells.Length; i++)
        {
            cells[i] = Provided[i]!.Value;
            writable[i] = Transaction.Cells[i].IsWritten;
        }
        CellValue[]? writes = ProvidedCells.Run(program, Transaction, cells, writable, out Digest outcome);
        if (writes is null || (Claimed is { } claimed && claimed != outcome)) return false;
        Writes = writes;
        Outcome = outcome;
        IsFixed = true;
        return true;
    }

    /// <summary>Writes what this shard claimed and the outcome changes.</summary>
    public void Apply(ICellStore store)
    {
        foreach (CellValue write in Writes)
        {
            if (Cells.Exists(cell => cell.Key == write.Key)) write.Apply(store);
        }
    }

    public void Write(WireWriter writer)
    {
        writer.WriteVarint((ulong)Transaction.Encoded.Length);
        writer.WriteSpan(Transaction.Encoded.Span);
        writer.WriteByte((byte)((IsWaiting ? 1 : 0) | (IsFixed ? 2 : 0)));
        writer.WriteBytes32((Claimed ?? default).Bytes);
        for (int i = 0; i < Provided.Length; i++)
        {
            bool isMine = Cells.Exists(cell => cell.Key == Transaction.Cells[i].Key);
            writer.WriteByte((byte)((Provided[i] is null ? 0 : 1) | (Certified[i] ? 2 : 0) | (isMine ? 4 : 0)));
            if (Provided[i] is { } value) CellValue.WriteAll(writer, [value]);
        }
    }

    public static ProvisionEntry? TryRead(ref WireReader reader, ProvisionCommit owner, AtomicContext context)
    {
        if (!reader.TryReadCount(reader.Remaining, out int length) || !reader.TryReadSpan(length, out ReadOnlySpan<byte> bytes)
            || AtomicTransaction.TryRead(bytes, out AtomicTransaction? transaction) != ReadResult.Ok
            || !reader.TryReadByte(out byte flags) || flags > 2 || !reader.TryReadBytes32(out Bytes32 claimed)
            || !context.Options.Programs.TryGetValue(transaction!.Program, out IAtomicProgram? program)) return null;
        var entry = new ProvisionEntry(transaction, owner) { IsWaiting = flags == 1, Claimed = claimed.IsZero ? null : new Digest(claimed) };
        for (int i = 0; i < entry.Provided.Length; i++)
        {
            if (!reader.TryReadByte(out byte state) || state > 7) return null;
            entry.Certified[i] = (state & 2) != 0;
            if ((state & 4) != 0) entry.Cells.Add(transaction.Cells[i]);
            if ((state & 1) == 0) continue;
            CellValue[]? value = CellValue.TryReadAll(ref reader);
            if (value is not { Length: 1 } || value[0].Key != transaction.Cells[i].Key) return null;
            entry.Provided[i] = value[0];
        }
        entry.HeldCount = entry.IsWaiting ? 0 : entry.Cells.Count;
        bool isComplete = Array.TrueForAll(entry.Provided, value => value is not null);
        return (flags & 2) == 0 || (isComplete && entry.TryExecute(program)) ? entry : null;
    }
}
