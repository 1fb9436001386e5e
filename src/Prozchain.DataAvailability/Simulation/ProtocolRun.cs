using Prozchain.DataAvailability.Sampling;

namespace Prozchain.DataAvailability.Simulation;

/// <summary>One protocol in a simulation: a state machine from block to block.</summary>
internal sealed class ProtocolRun
{
    private const byte Connecting = 2, Sampling = 3, Leaving = 4;

    private readonly SimulationOptions _options;
    private readonly SimulatedProtocol _protocol;
    private readonly SimulationRandom _random;
    private readonly StoredUnits _stored;
    private readonly Adversaries[] _turns;
    private readonly Queue<int> _retained = new();
    private ProtocolReport _report;
    private long _repairBytes;

    public ProtocolRun(SimulationOptions options, SimulatedProtocol protocol)
    {
        (_options, _protocol, _random) = (options, protocol, new SimulationRandom(options.Seed));
        _stored = new StoredUnits(protocol, _random, options.Nodes - options.AdversarialNodes);
        _turns = [Adversaries.None, .. new[] { Adversaries.Withholding, Adversaries.SelectiveServing, Adversaries.MisEncoding }.Where(attack => options.Adversaries.HasFlag(attack))];
        _report = new ProtocolReport
        {
            Protocol = protocol,
            MegabytesPerSecond = options.NodeBandwidth / 1e6 * options.PayloadBytes / protocol.BytesPerNode,
            StatedFooled = StatedFooled(),
        };
    }

    private bool IsCertified => _protocol.Samples == 0;

    private int Honest => _options.Nodes - _options.AdversarialNodes;

    private int Quorum => _options.Nodes - (_options.Nodes - 1) / 3;

    /// <summary>One block, then the nodes that leave.</summary>
    public void Step(int block)
    {
        switch (_turns[block % _turns.Length])
        {
            case Adversaries.None: Offer(block); break;
            case Adversaries.Withholding: Withhold(block); break;
            case Adversaries.SelectiveServing: ServeSelectively(block); break;
            case Adversaries.MisEncoding: MisEncode(block); break;
        }
        if (_options.Adversaries.HasFlag(Adversaries.Churn)) Churn(block);
    }

    public ProtocolReport Report() => _report with { RepairBytesPerNode = _repairBytes / (double)((long)Honest * _options.Blocks) };

    private void Offer(int block)
    {
        long rejected = IsCertified ? Honest < Quorum ? _options.Clients : 0 : Clients().LongCount(client => IsEclipsed(block, client));
        _report = _report with { HonestBlocks = _report.HonestBlocks + 1, HonestRejected = _report.HonestRejected + rejected };
        _retained.Enqueue(block);
    }

    // Any set of that size will do against samples drawn without a pattern: here the first units.
    private void Withhold(int block)
    {
        long fooled = IsCertified
            ? IsFalselyCertified() ? _options.Clients : 0
            : Clients().LongCount(client => IsEclipsed(block, client) || Samples(block, client).All(unit => unit >= _protocol.Scheme.Unrecoverable));
        _report = _report with { WithheldBlocks = _report.WithheldBlocks + 1, Asked = _report.Asked + _options.Clients, Fooled = _report.Fooled + fooled };
    }

    private void ServeSelectively(int block)
    {
        long fooled = 0;
        if (IsCertified) fooled = IsFalselyCertified() ? _options.Clients : 0;
        else
        {
            HashSet<int> given = [];
            foreach (int client in Clients())
            {
                // What an eclipsed client was given reaches nobody.
                if (IsEclipsed(block, client))
                {
                    fooled++;
                    continue;
                }
                int[] samples = [.. Samples(block, client).Where(unit => !given.Contains(unit))];
                if (given.Count + samples.Length >= _protocol.Scheme.Sufficient) continue;
                given.UnionWith(samples);
                fooled++;
            }
        }
        _report = _report with { SelectiveBlocks = _report.SelectiveBlocks + 1, SelectivelyFooled = _report.SelectivelyFooled + fooled };
    }

    private void MisEncode(int block)
    {
        long accepted = _protocol.Encoding == EncodingCheck.FraudProof ? Clients().LongCount(client => IsEclipsed(block, client)) : 0;
        _report = _report with { MisEncodedBlocks = _report.MisEncodedBlocks + 1, MisEncodedAccepted = _report.MisEncodedAccepted + accepted };
    }

    private void Churn(int block)
    {
        int[] leaving = [.. Enumerable.Range(0, Honest).Where(node => _random.Fraction(Leaving, block, node) < _options.Churn)];
        while (_retained.Count > 0 && _retained.Peek() <= block - _options.Retained) _retained.Dequeue();
        _repairBytes += _stored.Replace(leaving, _retained.Count, out double redundancy);
        _report = _report with { LeastRedundancy = Math.Min(_report.LeastRedundancy, redundancy) };
        if (redundancy >= 1) return;
        _report = _report with { LostBlocks = _report.LostBlocks + _retained.Count };
        _retained.Clear();
    }

    // The adversary's nodes sign what they do not keep, and only as many honest ones as are needed are served.
    private bool IsFalselyCertified()
    {
        int needed = Math.Max(0, Quorum - _options.AdversarialNodes);
        return needed <= Honest && _stored.CoveredBy(needed) < _protocol.Scheme.Sufficient;
    }

    private bool IsEclipsed(int block, int client)
    {
        // The stake of a certificate's signers is known to its reader, whoever brings it.
        if (IsCertified || !_options.Adversaries.HasFlag(Adversaries.Eclipse)) return false;
        DistinctDraw draw = _random.Distinct(Connecting, block, client, _options.Nodes);
        for (int i = 0; i < _options.Connections; i++)
            if (draw.TryNext(out int node) && node >= _options.AdversarialNodes) return false;
        _report = _report with { Eclipsed = _report.Eclipsed + 1 };
        return true;
    }

    private IEnumerable<int> Samples(int block, int client)
    {
        DistinctDraw draw = _random.Distinct(Sampling, block, client, _protocol.Scheme.Population);
        for (int i = 0; i < _protocol.Samples && draw.TryNext(out int unit); i++) yield return unit;
    }

    private IEnumerable<int> Clients() => Enumerable.Range(0, _options.Clients);

    private double StatedFooled()
    {
        if (!_options.Adversaries.HasFlag(Adversaries.Withholding)) return 0;
        if (IsCertified) return IsFalselyCertified() ? 1 : 0;
        double eclipse = _options.Adversaries.HasFlag(Adversaries.Eclipse) ? Eclipse.Probability(_options.Nodes, _options.AdversarialNodes, _options.Connections) : 0;
        return Eclipse.MissProbability(_protocol.Scheme, _protocol.Samples, eclipse);
    }
}
