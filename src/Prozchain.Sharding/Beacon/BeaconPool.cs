using System.Buffers;
using Prozchain.Sharding.Consensus;
using Prozchain.Sharding.Evidence;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Wire;

namespace Prozchain.Sharding.Beacon;

/// <summary>
/// What waits for a beacon block: entries that could stand in the next block when they came. Bounded in number and bytes;
/// an entry that no longer could is let go of.
/// </summary>
public sealed class BeaconPool
{
    private const int MostBytes = 1 << 24, MostTrials = 32, MostEntries = 4096, MostAtOnce = 256;

    private readonly BeaconOptions _options;
    private readonly List<Entry> _entries = [];
    private readonly HashSet<Digest> _known = [];
    private long _bytes;

    internal BeaconPool(BeaconOptions options) => _options = options;

    /// <summary>Number of entries that wait.</summary>
    public int Count => _entries.Count;

    /// <summary>Takes in what could stand in the block after a state, entry by entry.</summary>
    /// <param name="state">The last final state.</param>
    /// <param name="body">Entries of any kind, from anywhere.</param>
    /// <returns>How many of them wait now.</returns>
    public int Submit(BeaconState state, BeaconBody body)
    {
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(body);
        if (body.IsTooLarge) return 0;
        int taken = 0;
        foreach (BeaconBody single in Singles(body).Take(MostAtOnce))
        {
            byte[] encoding = BeaconWire.Encode(single.Write);
            var id = new Digest(Hashing.Domains.BeaconBody.Hash(encoding));
            if (_known.Contains(id)) taken++;
            if (_entries.Count >= MostEntries || _bytes + encoding.Length > MostBytes || _known.Contains(id)) continue;
            if (!BeaconFold.Probe(_options, state, state.TimeMs, single).IsValid) continue;
            _known.Add(id);
            _entries.Add(new Entry(id, single, encoding.Length));
            _bytes += encoding.Length;
            taken++;
        }
        return taken;
    }

    /// <summary>Writes the body of a block on top of a state: as much of what waits as holds together and fits.</summary>
    internal void Build(BeaconState state, long timeMs, int maxBytes, IBufferWriter<byte> output)
    {
        var chosen = new List<Entry>();
        int left = maxBytes - 8 * sizeof(uint);
        foreach (Entry entry in _entries)
        {
            if (entry.Length > left || !BeaconFold.Probe(_options, state, timeMs, entry.Body).IsValid) continue;
            chosen.Add(entry);
            left -= entry.Length;
        }
        // Each holds alone; where two do not hold together, the later one waits.
        for (int trial = 0; chosen.Count > 0 && trial < MostTrials; trial++)
        {
            BeaconBody body = Join(chosen);
            BeaconVerdict verdict = BeaconFold.Probe(_options, state, timeMs, body);
            if (verdict.IsValid)
            {
                body.Write(output);
                return;
            }
            object? bad = At(body, verdict);
            if (bad is null || chosen.RemoveAll(entry => ReferenceEquals(entry.Only, bad)) == 0) chosen.RemoveAt(chosen.Count - 1);
        }
    }

    /// <summary>A state became final: what it took in, or made impossible, need not wait.</summary>
    internal void Advance(BeaconState state)
    {
        foreach (Entry entry in _entries.Where(entry => !BeaconFold.Probe(_options, state, state.TimeMs, entry.Body).IsValid).ToArray())
        {
            _entries.Remove(entry);
            _known.Remove(entry.Id);
            _bytes -= entry.Length;
        }
    }

    private static IEnumerable<BeaconBody> Singles(BeaconBody body)
    {
        foreach (FinalityProof anchor in body.Anchors) yield return new BeaconBody { Anchors = [anchor] };
        foreach (Deposit deposit in body.Deposits) yield return new BeaconBody { Deposits = [deposit] };
        foreach (ExitOrder exit in body.Exits) yield return new BeaconBody { Exits = [exit] };
        foreach (FaultEvidence evidence in body.Evidence) yield return new BeaconBody { Evidence = [evidence] };
        foreach (Reveal reveal in body.Reveals) yield return new BeaconBody { Reveals = [reveal] };
        foreach (TopologyProposal proposal in body.Proposals) yield return new BeaconBody { Proposals = [proposal] };
        foreach (Readiness ready in body.Ready) yield return new BeaconBody { Ready = [ready] };
        foreach (ApplicationRecord record in body.Records) yield return new BeaconBody { Records = [record] };
    }

    private static BeaconBody Join(List<Entry> entries)
    {
        IEnumerable<BeaconBody> bodies = entries.Select(entry => entry.Body);
        return new BeaconBody
        {
            Anchors = [.. bodies.SelectMany(body => body.Anchors).GroupBy(anchor => anchor.Header.Shard, (_, proofs) => proofs.MaxBy(proof => proof.Headers[^1].Height)!).OrderBy(anchor => anchor.Header.Shard)],
            Deposits = [.. bodies.SelectMany(body => body.Deposits)],
            Exits = [.. bodies.SelectMany(body => body.Exits)],
            Evidence = [.. bodies.SelectMany(body => body.Evidence)],
            Reveals = [.. bodies.SelectMany(body => body.Reveals)],
            Proposals = [.. bodies.SelectMany(body => body.Proposals)],
            Ready = [.. bodies.SelectMany(body => body.Ready)],
            Records = [.. bodies.SelectMany(body => body.Records)],
        };
    }

    private static object? At(BeaconBody body, BeaconVerdict verdict)
    {
        return verdict.Result switch
        {
            BeaconResult.BadDeposit => Of(body.Deposits),
            BeaconResult.BadExit => Of(body.Exits),
            BeaconResult.BadEvidence => Of(body.Evidence),
            BeaconResult.BadReveal => Of(body.Reveals),
            BeaconResult.BadProposal => Of(body.Proposals),
            BeaconResult.BadReadiness => Of(body.Ready),
            BeaconResult.AnchorsNotSorted or BeaconResult.UnknownShard or BeaconResult.ShardFrozen or BeaconResult.WrongAnchorEpoch or BeaconResult.BrokenHeaderChain
                or BeaconResult.BadCertificate => Of(body.Anchors),
            _ => null,
        };

        object? Of<T>(IReadOnlyList<T> list) where T : class => verdict.Index >= 0 ? list[verdict.Index] : null;
    }

    private sealed record Entry(Digest Id, BeaconBody Body, int Length)
    {
        /// <summary>What names the single entry by reference.</summary>
        public object Only { get; } = Body.Anchors.Cast<object>().Concat(Body.Deposits).Concat(Body.Exits).Concat(Body.Evidence).Concat(Body.Reveals).Concat(Body.Proposals).Concat(Body.Ready).Concat(Body.Records).First();
    }
}
