using System.Buffers;
using System.Buffers.Binary;
using Prozchain.Rollups.Ports;

namespace Prozchain.Rollups.Sequencing;

/// <summary>
/// What a sequencer noted before it gave its word: each batch's beginning, its transactions piece by piece, its end. A restart
/// makes the same batches of it again, so that it never says two things of one place.
/// </summary>
internal sealed class SequencerJournal(ITransactionJournal journal)
{
    private const byte Begin = 0, Piece = 1, End = 2;

    private readonly ArrayBufferWriter<byte> _record = new(1 << 12);

    public readonly record struct Beginning(ulong Number, ulong Origin, ulong OriginTime, int Forced);

    /// <summary>A batch of the journal.</summary>
    public sealed record Noted(Beginning Beginning, List<ReadOnlyMemory<byte>> Pieces)
    {
        public bool IsClosed { get; set; }
    }

    public void NoteBeginning(in Beginning beginning)
    {
        Span<byte> record = stackalloc byte[1 + 3 * sizeof(ulong) + sizeof(int)];
        record[0] = Begin;
        BinaryPrimitives.WriteUInt64LittleEndian(record[1..], beginning.Number);
        BinaryPrimitives.WriteUInt64LittleEndian(record[9..], beginning.Origin);
        BinaryPrimitives.WriteUInt64LittleEndian(record[17..], beginning.OriginTime);
        BinaryPrimitives.WriteInt32LittleEndian(record[25..], beginning.Forced);
        journal.Append(record);
    }

    public void NotePiece<TTransaction, THash>(BatchProducer<TTransaction, THash> producer, int first, int count) where THash : IStateHash
    {
        _record.ResetWrittenCount();
        _record.GetSpan(1)[0] = Piece;
        _record.Advance(1);
        producer.WriteRecord(first, count, _record);
        journal.Append(_record.WrittenSpan);
    }

    public void NoteEnd() => journal.Append([End]);

    /// <summary>The batches from a number on, in order. What does not follow from a record before it is not read.</summary>
    public List<Noted> Read(ulong from)
    {
        var batches = new List<Noted>();
        foreach (ReadOnlyMemory<byte> record in journal.ReadAll())
        {
            ReadOnlySpan<byte> bytes = record.Span;
            if (bytes.IsEmpty) break;
            if (bytes[0] == Begin && bytes.Length == 29)
            {
                var beginning = new Beginning(
                    BinaryPrimitives.ReadUInt64LittleEndian(bytes[1..]), BinaryPrimitives.ReadUInt64LittleEndian(bytes[9..]), BinaryPrimitives.ReadUInt64LittleEndian(bytes[17..]), BinaryPrimitives.ReadInt32LittleEndian(bytes[25..]));
                // One that was begun anew, after a reorganisation, takes the place of what was noted of its number.
                batches.RemoveAll(batch => batch.Beginning.Number >= beginning.Number);
                batches.Add(new Noted(beginning, []));
            }
            else if (batches.Count > 0 && bytes[0] == Piece) batches[^1].Pieces.Add(record[1..]);
            else if (batches.Count > 0) batches[^1].IsClosed = true;
        }
        batches.RemoveAll(batch => batch.Beginning.Number < from);
        return batches;
    }

    /// <summary>Forgets batches below a number: they are final.</summary>
    public void Forget(ulong below)
    {
        var kept = new List<ReadOnlyMemory<byte>>();
        bool isKept = true;
        foreach (ReadOnlyMemory<byte> record in journal.ReadAll())
        {
            if (record.Length == 29 && record.Span[0] == Begin) isKept = BinaryPrimitives.ReadUInt64LittleEndian(record.Span[1..]) >= below;
            if (isKept) kept.Add(record);
        }
        journal.Rewrite(kept);
    }
}
