using System.Buffers;
using Prozchain.Shared;
using Prozchain.Sharding.Committees;
using Prozchain.Sharding.Consensus;
using Prozchain.Sharding.Execution;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Ports;
using Prozchain.Sharding.Replication;
using Prozchain.Sharding.Wire;

namespace Prozchain.Sharding.Attesting;

/// <summary>
/// A member's part in attestation: hands out what attesters need of the segments that its shard sealed, gathers their
/// signatures, and hands the certificate to the other members and to the shards that it releases value for.
/// </summary>
/// <remarks>
/// Of n members, f of them faulty, f + 1 hand out a segment: in attempt a each attester hears of it from one of them. An
/// attester's signature goes to the member that it heard from and to the f after it.
/// </remarks>
internal sealed class AttestationDesk(SegmentBook book, AttestationPool pool, ICommitteeDirectory committees, ISignatureVerifier verifier, ShardCommittee own, int member, int resendMs)
{
    // So many segments are handed out at a time: attesters take them in order.
    private const int MostOpen = 2, AnswersPerWindow = 64;

    private readonly SortedDictionary<ulong, Entry> _entries = [];
    private readonly AttestationWriter _writer = new();
    private readonly SortedDictionary<ShardId, (int Attempts, long DueMs)> _told = [];
    private readonly SortedSet<ShardId> _destinations = [];
    private long _windowMs;
    private int _answers;

    private ShardId Self => own.Instance.Committee.Shard;

    private ulong Epoch => own.Instance.Committee.Epoch;

    private int Faulty => (own.Peers.Count - 1) / 3;

    private AttestingCommittee? Attesters => committees.AttestersOf(Self, Epoch) is { Count: > 0 } drawn ? drawn[^1] : null;

    /// <summary>A header is final whose execution it certifies.</summary>
    public void Certified(FinalityProof header)
    {
        ulong height = header.Header.Height;
        if (!header.Header.StateRoot.IsZero && book.Find(height) is { } segment && segment.Seal!.Hash == header.Header.Hash) _entries.TryAdd(height, new Entry(segment, header));
    }

    /// <summary>Hands out what is due.</summary>
    /// <returns>When something is next due; <see cref="long.MaxValue"/> for never.</returns>
    public long Advance(long nowMs, NodeActions actions)
    {
        Forget();
        long next = long.MaxValue;
        foreach (Entry entry in _entries.Values.Take(MostOpen))
        {
            if (entry.DueMs <= nowMs)
            {
                HandOut(entry, actions);
                entry.DueMs = nowMs + resendMs;
                entry.Attempts++;
            }
            next = Math.Min(next, entry.DueMs);
        }
        return Math.Min(next, Tell(nowMs, actions));
    }

    public void OnShare(ref WireReader reader, NodeActions actions)
    {
        if (!reader.TryReadSpan(Attestation.Size, out ReadOnlySpan<byte> bytes) || Attestation.TryRead(bytes, out Attestation statement) != ReadResult.Ok
            || !reader.TryReadUInt16(out ushort index) || !reader.TryReadSpan(SignatureSchemes.Ed25519SignatureSize, out ReadOnlySpan<byte> signature) || !reader.IsAtEnd) return;
        if (!_entries.TryGetValue(statement.LastHeight + 1, out Entry? entry) || entry.Segment.Statement != statement || Attesters is not { } attesters) return;
        if (entry.Committee != attesters.Committee) entry.Begin(attesters.Committee);
        Committee committee = attesters.Committee;
        if (index >= committee.Members.Count || entry.Shares.ContainsKey(index) || !verifier.Verify(committee.Members[index].PublicKey.Span, statement.SigningDigest.Span, signature)) return;
        entry.Shares.Add(index, signature.ToArray());
        entry.Seats += committee.Members[index].Seats;
        if (entry.Seats < committee.Quorum) return;
        AttestationCertificate certificate = AttestationCertificate.Assemble(statement, committee.Members.Count, [.. entry.Shares.Select(share => (share.Key, (ReadOnlyMemory<byte>)share.Value))]);
        pool.Keep(certificate);
        for (int i = 0; i < own.Peers.Count; i++)
            if (i != member) actions.Send(own.Peers[i], _writer.Certificate(certificate));
        Forget();
    }

    public void OnWantSegment(ref WireReader reader, NodeId from, long nowMs, NodeActions actions)
    {
        if (!reader.TryReadUInt64(out ulong height) || !reader.IsAtEnd || Attesters is not { } attesters || !attesters.Peers.Contains(from)) return;
        if (nowMs - _windowMs >= resendMs) (_windowMs, _answers) = (nowMs, 0);
        if (_answers++ >= AnswersPerWindow) return;
        if (_entries.TryGetValue(height, out Entry? entry)) actions.Send(from, _writer.Segment(entry.Encoded(book, pool)));
        else if (pool.Find(Self) is { } certificate) actions.Send(from, _writer.Certificate(certificate));
    }

    private void HandOut(Entry entry, NodeActions actions)
    {
        if (Attesters is not { } attesters) return;
        int members = own.Peers.Count, speakers = Faulty + 1;
        int start = (int)((entry.Seal.Header.Height * 0x9E37_79B9_7F4A_7C15 >> 33) % (ulong)members), rank = (member - start + members) % members;
        if (rank >= speakers) return;
        for (int i = 0; i < attesters.Peers.Count; i++)
            if ((i + entry.Attempts) % speakers == rank && !entry.Shares.ContainsKey(i)) actions.Send(attesters.Peers[i], _writer.Segment(entry.Encoded(book, pool)));
    }

    // What is attested needs no more signatures, and those whom it releases value for hear of it.
    private void Forget()
    {
        ulong attested = pool.HeightOf(Self);
        foreach (Segment segment in book.Closed)
            if (segment.Seal!.Height <= attested + 1) _destinations.UnionWith(segment.Destinations);
        foreach (ShardId destination in _destinations) _told[destination] = default;
        _destinations.Clear();
        book.Forget(attested);
        while (_entries.Count > 0 && _entries.First().Key <= attested + 1) _entries.Remove(_entries.First().Key);
    }

    // Each member of a destination hears from f + 1 members in turn.
    private long Tell(long nowMs, NodeActions actions)
    {
        long next = long.MaxValue;
        if (_told.Count == 0 || pool.Find(Self) is not { } certificate) return next;
        foreach ((ShardId destination, (int attempts, long dueMs)) in _told.ToArray())
        {
            if (dueMs > nowMs)
            {
                next = Math.Min(next, dueMs);
                continue;
            }
            if (committees.Find(destination, Epoch) is { } others)
            {
                ReadOnlySpan<byte> message = _writer.Certificate(certificate);
                for (int i = 0; i < others.Peers.Count; i++)
                    if ((member + i + attempts) % own.Peers.Count == 0) actions.Send(others.Peers[i], message);
            }
            if (attempts + 1 >= own.Peers.Count) _told.Remove(destination);
            else
            {
                _told[destination] = (attempts + 1, nowMs + resendMs);
                next = Math.Min(next, nowMs + resendMs);
            }
        }
        return next;
    }

    private sealed class Entry(Segment segment, FinalityProof seal)
    {
        private ReadOnlyMemory<byte>? _witness;
        private byte[]? _encoded;
        private bool _hasPrevious;

        public Segment Segment { get; } = segment;

        public FinalityProof Seal { get; } = seal;

        public Committee? Committee { get; private set; }

        public SortedDictionary<int, byte[]> Shares { get; } = [];

        public int Seats { get; set; }

        public int Attempts { get; set; }

        public long DueMs { get; set; }

        /// <summary>Signatures are of this committee.</summary>
        public void Begin(Committee committee)
        {
            Committee = committee;
            Shares.Clear();
            Seats = 0;
        }

        public byte[] Encoded(SegmentBook book, AttestationPool pool)
        {
            AttestationCertificate? previous = pool.Find(Segment.Seal!.Shard) is { } known && known.Statement.Header == Segment.Blocks[0].Hash ? known : null;
            if (_encoded is not null && _hasPrevious == previous is not null) return _encoded;
            _witness ??= book.WitnessOf(Segment);
            var output = new ArrayBufferWriter<byte>();
            new SegmentWitness(Seal, previous, [.. Segment.Blocks], Segment.Before, Segment.Cells, _witness.Value).Write(output);
            _hasPrevious = previous is not null;
            return _encoded = output.WrittenSpan.ToArray();
        }
    }
}
