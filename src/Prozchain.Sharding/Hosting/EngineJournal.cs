using System.Buffers;
using Prozchain.Shared;
using Prozchain.Sharding.Ports;
using Prozchain.Sharding.Sync;
using Prozchain.Sharding.Wire;

namespace Prozchain.Sharding.Hosting;

/// <summary>
/// The engine's log in one place, or in two in turn: the rounds since genesis, or a checkpoint and the rounds since. A
/// checkpoint is written beside the log between rounds, and takes its place once it is ended and flushed.
/// docs/formats/sharding-engine.md.
/// </summary>
internal sealed class EngineJournal
{
    private readonly ILogStorage? _first, _second;
    private readonly Digest _genesis;
    private readonly ArrayBufferWriter<byte> _record = new();
    private ILogStorage _active;
    private AppendLog _log;
    private AppendLog? _checkpoint;
    private ulong _generation;
    private long _sinceLength;

    private EngineJournal(ILogStorage active, ILogStorage first, ILogStorage? second, AppendLog log, ulong generation, in Digest genesis)
    {
        (_active, _first, _second, _log, _generation, _genesis) = (active, first, second, log, generation, genesis);
        _sinceLength = log.Length;
    }

    /// <summary>Bytes of the log that a resume would read now.</summary>
    public long Length => _log.Length;

    public bool IsCheckpointing => _checkpoint is not null;

    /// <summary>Bytes of rounds since the last checkpoint, or since the log was opened.</summary>
    public long Grown => _log.Length - _sinceLength;

    /// <summary>Opens the log and visits the records of the newest ended checkpoint and the rounds after it.</summary>
    /// <exception cref="InvalidDataException">It is of another network, or damaged.</exception>
    public static EngineJournal Open(ILogStorage first, ILogStorage? second, in Digest genesis, Action<ReadOnlyMemory<byte>> visitor)
    {
        (long inFirst, InvalidDataException? firstFault) = Scan(first, genesis);
        (long inSecond, InvalidDataException? secondFault) = second is null ? (-1, null) : Scan(second, genesis);
        // A checkpoint that was not ended may look like damage; the other place is whole then.
        bool isFirst = inFirst >= inSecond;
        if ((isFirst ? firstFault : secondFault) is { } fault) throw fault;
        if (inFirst < 0 && inSecond < 0 && (firstFault ?? secondFault) is { } any) throw any;
        ILogStorage active = isFirst ? first : second!;
        long generation = Math.Max(inFirst, inSecond);
        // A log is given up only once the next checkpoint is ended on the medium: what is more than a torn first record was one.
        if (generation < 0 && Math.Max(first.Length, second?.Length ?? 0) > AppendLog.BytesOf(2 + Digest.Size))
            throw new InvalidDataException("Expected a log from its first record on, or a checkpoint with its end, got neither: it is damaged, or the place with the other is missing.");
        if (generation < 0) active.Truncate(0);
        if ((isFirst ? second : first) is { Length: > 0 } stale)
        {
            stale.Truncate(0);
            stale.Flush();
        }
        AppendLog log = AppendLog.Open(active, visitor, SaltOf);
        var journal = new EngineJournal(active, first, second, log, (ulong)Math.Max(0, generation), genesis);
        if (generation >= 0) return journal;
        journal.WriteHead(RoundFrame.GenesisKind);
        log.Append(journal._record.WrittenSpan);
        log.Flush();
        journal._sinceLength = log.Length;
        return journal;
    }

    /// <summary>Appends a round and returns once it is on the medium.</summary>
    public void AppendRound(ReadOnlySpan<byte> round)
    {
        _log.Append(round);
        _log.Flush();
    }

    public void BeginCheckpoint(ReadOnlySpan<byte> layout)
    {
        ILogStorage other = Other ?? throw new InvalidOperationException("Expected a second place for the log, got none.");
        other.Truncate(0);
        _checkpoint = AppendLog.Open(other, salt: SaltOf);
        WriteHead(CheckpointRecord.Begin);
        var writer = new WireWriter(_record);
        writer.WriteUInt64(_generation + 1);
        writer.WriteSpan(layout);
        _checkpoint.Append(_record.WrittenSpan);
    }

    public void AppendToCheckpoint(ReadOnlySpan<byte> record) => _checkpoint!.Append(record);

    /// <summary>The checkpoint is complete: it takes the log's place.</summary>
    public void EndCheckpoint(ReadOnlySpan<byte> end)
    {
        _checkpoint!.Append(end);
        _checkpoint.Flush();
        ILogStorage old = _active;
        (_active, _log, _checkpoint) = (Other!, _checkpoint, null);
        _generation++;
        _sinceLength = _log.Length;
        old.Truncate(0);
        old.Flush();
    }

    /// <summary>Drops the checkpoint that is under way.</summary>
    public void AbandonCheckpoint() => _checkpoint = null;

    private ILogStorage? Other => ReferenceEquals(_active, _first) ? _second : _first;

    private void WriteHead(byte kind) => _record.Restart(kind).WriteBytes32(_genesis.Bytes);

    // The generation in the upper half: records of an older checkpoint in the same place are none of a newer one.
    internal static ulong SaltOf(ReadOnlyMemory<byte> first)
    {
        if (RoundFrame.KindOf(first.Span) != CheckpointRecord.Begin || first.Length < 2 + Digest.Size) return 0;
        new WireReader(first.Span[(2 + Digest.Size)..]).TryReadUInt64(out ulong generation);
        return generation << 32;
    }

    // The generation of the log that is whole there, 0 for one without a checkpoint, -1 for none. Changes nothing.
    private static (long Generation, InvalidDataException? Fault) Scan(ILogStorage storage, Digest genesis)
    {
        long generation = -1;
        ulong begun = 0;
        bool isFirst = true;
        try
        {
            AppendLog.Visit(storage, record =>
            {
                byte kind = RoundFrame.KindOf(record.Span);
                if (isFirst)
                {
                    if (kind is not (RoundFrame.GenesisKind or CheckpointRecord.Begin) || record.Length < 2 + Digest.Size) throw new InvalidDataException("Expected a log of an engine, got other records.");
                    var found = new Digest(record.Span.Slice(2, Digest.Size));
                    if (found != genesis) throw new InvalidDataException($"Expected the log of network {genesis}, got that of {found}: it was started with other options.");
                    if (kind == RoundFrame.GenesisKind) generation = 0;
                    else new WireReader(record.Span[(2 + Digest.Size)..]).TryReadUInt64(out begun);
                }
                isFirst = false;
                if (kind == CheckpointRecord.End) generation = (long)Math.Min(begun, long.MaxValue);
            }, SaltOf);
            return (generation, null);
        }
        catch (InvalidDataException e)
        {
            return (generation, e);
        }
    }
}
