using Prozchain.Sharding;
using Prozchain.Sharding.Execution;
using Prozchain.Sharding.Ports;
using Prozchain.Sharding.Replication;
using Prozchain.Sharding.Simulation;

namespace Prozchain.Benchmarks.Scaling;

/// <summary>What a node's CPU time goes into.</summary>
internal enum Work
{
    Ordering,
    Votes,
    Headers,
    Signatures,
    Execution,
    Bytes,
}

/// <summary>
/// Charges simulated nodes what their work costs on this machine. Committees are small and are charged as for 100 seats:
/// a batch of committee signatures as 67, each final block with the rest of a view of 100 seats, each certified header
/// that a node takes in 34 times (from f + 1 members) with a certificate of 67 signatures. A transaction stands for many.
/// </summary>
internal sealed class CpuMeter(MeasuredCosts costs, int shards, int validators, double weight)
{
    /// <summary>Bytes of a list certificate: a bitmap of 100 bits and 67 signatures.</summary>
    public const int CertificateBytes = 13 + 67 * 65;

    /// <summary>How often each member of a destination hears a block of a source of 100 seats: from f + 1 members.</summary>
    public const int Copies = 34;

    /// <summary>Bytes of a receipt of a transfer.</summary>
    public const int ReceiptBytes = 42;

    private const int Members = 1 << 20;

    // The kinds of messages that are charged by their bytes: docs/formats/sharding-ordering.md and sharding-replica.md.
    private const byte Proposal = 1, Delivery = 32, Transaction = 36, AtomicTransaction = 37;

    private readonly MachineWork[] _seen = new MachineWork[shards * validators];
    private readonly ulong[] _heights = new ulong[shards * validators];
    private readonly List<int> _verified = [];
    private readonly double[] _pending = new double[Enum.GetValues<Work>().Length];

    /// <summary>Nanoseconds by kind of work, all nodes together.</summary>
    public double[] Spent { get; } = new double[Enum.GetValues<Work>().Length];

    /// <summary>Certified headers of other shards that were verified, all nodes together.</summary>
    public long Headers { get; private set; }

    /// <summary>Bytes that come from 34 members: hashed once, copied each time.</summary>
    public static double HearNanoseconds(MeasuredCosts costs, double bytes) => bytes * (costs.Byte + (Copies - 1) * costs.Copy);

    /// <summary>The keys of a bank: what validators sign is charged, what customers sign is not.</summary>
    public ISigner SignerOf(int number) => number < shards * validators ? new MeteredSigner(this, number) : new CheapSigner(Members + number);

    public ISignatureVerifier Verifier() => new MeteredVerifier(this);

    public long Charge(in HandledCall call)
    {
        int node = call.Node.Id.Value;
        if (call.Instance is ShardNode<TransferTransition> instance)
        {
            MachineWork now = instance.Replica.Machine.Work, before = _seen[node];
            if (now.Blocks < before.Blocks) before = default;
            _seen[node] = now;
            Add(Work.Execution, costs.Transfer * weight * (now.Transactions - before.Transactions + (now.ReceiptsIn - before.ReceiptsIn) / 2.0 + now.Atomic - before.Atomic));
            Add(Work.Headers, HearNanoseconds(costs, ReceiptBytes) * weight * (now.ReceiptsIn - before.ReceiptsIn));
            ulong height = instance.Replica.Height;
            if (height > _heights[node]) Add(Work.Ordering, costs.View * (height - _heights[node]));
            _heights[node] = height;
        }
        if (call.Bytes.Length > 1)
        {
            switch (call.Bytes[1])
            {
                case Proposal or Transaction or AtomicTransaction: Add(Work.Bytes, costs.Byte * weight * call.Bytes.Length); break;
                // Two of four members speak here to each member, 34 of 100 there.
                case Delivery: Add(Work.Headers, HearNanoseconds(costs, call.Bytes.Length + CertificateBytes) / ((validators - 1) / 3 + 1)); break;
            }
        }
        ChargeCertificates(node / validators, call.Bytes.Length > 1 && call.Bytes[1] == Proposal);
        double sum = 0;
        for (int i = 0; i < _pending.Length; i++)
        {
            sum += _pending[i];
            Spent[i] += _pending[i];
            _pending[i] = 0;
        }
        return (long)sum;
    }

    private void Add(Work work, double nanoseconds) => _pending[(int)work] += nanoseconds;

    private void Verified(ReadOnlySpan<byte> key, int count)
    {
        int number = CheapSigner.NumberOf(key);
        if (number >= Members) Add(Work.Signatures, costs.Signature * weight * count);
        else _verified.Add(number / validators);
    }

    // The first committee signature checked for a proposal is its leader's alone; all else are quorums.
    private void ChargeCertificates(int shard, bool isProposal)
    {
        for (int i = 0; i < _verified.Count; i++)
        {
            bool isOwn = _verified[i] == shard;
            if (!isOwn) Headers++;
            Add(isOwn ? Work.Votes : Work.Headers, i == 0 && isProposal ? costs.Verify : costs.Certificate);
        }
        _verified.Clear();
    }

    private sealed class MeteredSigner(CpuMeter meter, int number) : ISigner
    {
        private readonly CheapSigner _signer = new(number);

        public ReadOnlyMemory<byte> PublicKey => _signer.PublicKey;

        public void Sign(ReadOnlySpan<byte> message, Span<byte> signature)
        {
            meter.Add(Work.Votes, meter.Costs.Sign);
            _signer.Sign(message, signature);
        }
    }

    private sealed class MeteredVerifier(CpuMeter meter) : ISignatureVerifier
    {
        private readonly CheapVerifier _verifier = new();

        public bool Verify(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
        {
            meter.Verified(publicKey, 1);
            return _verifier.Verify(publicKey, message, signature);
        }

        public void VerifyMany(ReadOnlyMemory<SignedMessage> batch, Memory<bool> valid, int maxDegreeOfParallelism = 1)
        {
            if (batch.Length > 0) meter.Verified(batch.Span[0].PublicKey.Span, batch.Length);
            _verifier.VerifyMany(batch, valid);
        }
    }

    private MeasuredCosts Costs => costs;
}
