using System.Buffers;
using System.Buffers.Binary;
using Prozchain.Rollups.Ports;

namespace Prozchain.Rollups.Sequencing;

/// <summary>
/// What a sequencer noted before it gave its word (docs/formats/rollups-confirmation.md): each batch's beginning, its
/// transactions piece by piece, its end. A restart makes the same batches of it again, so that it never says two things of
/// one place. Transactions are whole, whatever the state.
/// </summary>
internal sealed class SequencerJournal(ITransactionJournal journal)
{
    /// <summary>The longest item that a record has room for.</summary>
    public const int MaxItem = FileTransactionJournal.MaxRecord - 1 - sizeof(uint);

    private const byte Begin = 0, Piece = 1, End = 2;
    private const int BeginSize = 1 + 3 * sizeof(ulong) + 2 * sizeof(uint);

    private readonly ArrayBufferWriter<byte> _record = new(1 << 12), _item = new();
    private List<ReadOnlyMemory<byte>>? _draft;

    /// <summary>How a batch began.</summary>
    /// <param name="Spoken">So many places from the first had another transaction once, on which the word was given: nothing more is said of them.</param>
    public readonly record struct Beginning(ulong Number, ulong Origin, ulong Time, int Forced, int Spoken);

    /// <summary>A batch of the journal: its transactions as items, and what it is in the journal.</summary>
    public sealed record Noted(Beginning Beginning, List<ReadOnlyMemory<byte>> Items, List<ReadOnlyMemory<byte>> Records)
    {
        public bool IsClosed { get; set; }

        /// <summary>The transactions and their hashes.</summary>
        public TTransaction[] Read<TTransaction>(ITransactionAccess<TTransaction> access, out Digest32[] hashes)
        {
            var transactions = new TTransaction[Items.Count];
            for (int i = 0; i < transactions.Length; i++) access.TryReadItem(Items[i], out transactions[i]);
            access.Hash(transactions, hashes = new Digest32[transactions.Length]);
            return transactions;
        }
    }

    public void NoteBeginning(in Beginning beginning)
    {
        Span<byte> record = stackalloc byte[BeginSize];
        record[0] = Begin;
        BinaryPrimitives.WriteUInt64LittleEndian(record[1..], beginning.Number);
        BinaryPrimitives.WriteUInt64LittleEndian(record[9..], beginning.Origin);
        BinaryPrimitives.WriteUInt64LittleEndian(record[17..], beginning.Time);
        BinaryPrimitives.WriteInt32LittleEndian(record[25..], beginning.Forced);
        BinaryPrimitives.WriteInt32LittleEndian(record[29..], beginning.Spoken);
        Append(record);
    }

    /// <summary>Notes transactions, in as many records as they need.</summary>
    public void Note<TTransaction>(ReadOnlySpan<TTransaction> transactions, ITransactionAccess<TTransaction> access)
    {
        StartPiece();
        foreach (ref readonly TTransaction transaction in transactions)
        {
            _item.ResetWrittenCount();
            access.WriteItem(transaction, _item);
            if (_record.WrittenCount + sizeof(uint) + _item.WrittenCount > FileTransactionJournal.MaxRecord)
            {
                Append(_record.WrittenSpan);
                StartPiece();
            }
            BinaryPrimitives.WriteInt32LittleEndian(_record.GetSpan(sizeof(uint)), _item.WrittenCount);
            _record.Advance(sizeof(uint));
            _record.Write(_item.WrittenSpan);
        }
        if (_record.WrittenCount > 1) Append(_record.WrittenSpan);
    }

    public void NoteEnd() => Append([End]);

    /// <summary>All batches, in order. What does not follow from a record before it is not read.</summary>
    public List<Noted> Read()
    {
        var batches = new List<Noted>();
        foreach (ReadOnlyMemory<byte> record in journal.ReadAll())
        {
            if (TryReadBeginning(record.Span, out Beginning beginning))
            {
                // One that was begun anew takes the place of what was noted of its number.
                batches.RemoveAll(batch => batch.Beginning.Number >= beginning.Number);
                batches.Add(new Noted(beginning, [], []));
            }
            if (batches.Count == 0 || record.IsEmpty) continue;
            batches[^1].Records.Add(record);
            if (record.Span[0] == Piece) ReadPiece(record[1..], batches[^1].Items);
            batches[^1].IsClosed |= record.Span[0] == End;
        }
        return batches;
    }

    /// <summary>From now on what is noted is a draft, to take the place of all that there is at once, or not at all.</summary>
    public void StartDraft() => _draft = [];

    /// <summary>Takes a batch into the draft as it was.</summary>
    public void Keep(Noted noted) => _draft!.AddRange(noted.Records);

    /// <summary>Ends the draft.</summary>
    public void EndDraft(bool isWanted)
    {
        List<ReadOnlyMemory<byte>> draft = _draft!;
        _draft = null;
        if (isWanted) journal.Rewrite(draft);
    }

    /// <summary>Forgets batches below a number: they are final.</summary>
    public void Forget(ulong below)
    {
        var kept = new List<ReadOnlyMemory<byte>>();
        bool isKept = true;
        foreach (ReadOnlyMemory<byte> record in journal.ReadAll())
        {
            if (TryReadBeginning(record.Span, out Beginning beginning)) isKept = beginning.Number >= below;
            if (isKept) kept.Add(record);
        }
        journal.Rewrite(kept);
    }

    private static bool TryReadBeginning(ReadOnlySpan<byte> record, out Beginning beginning)
    {
        beginning = default;
        if (record.Length != BeginSize || record[0] != Begin) return false;
        beginning = new Beginning(
            BinaryPrimitives.ReadUInt64LittleEndian(record[1..]), BinaryPrimitives.ReadUInt64LittleEndian(record[9..]), BinaryPrimitives.ReadUInt64LittleEndian(record[17..]),
            BinaryPrimitives.ReadInt32LittleEndian(record[25..]), BinaryPrimitives.ReadInt32LittleEndian(record[29..]));
        return true;
    }

    private static void ReadPiece(ReadOnlyMemory<byte> piece, List<ReadOnlyMemory<byte>> items)
    {
        while (piece.Length >= sizeof(uint))
        {
            uint length = BinaryPrimitives.ReadUInt32LittleEndian(piece.Span);
            piece = piece[sizeof(uint)..];
            if (length > piece.Length) return;
            items.Add(piece[..(int)length]);
            piece = piece[(int)length..];
        }
    }

    private void StartPiece()
    {
        _record.ResetWrittenCount();
        _record.Write([Piece]);
    }

    private void Append(ReadOnlySpan<byte> record)
    {
        if (_draft is null) journal.Append(record);
        else _draft.Add(record.ToArray());
    }
}
