using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Serialization;
using Prozchain.Benchmarks.Sharding;
using Prozchain.Shared;
using Prozchain.Sharding;
using Prozchain.Sharding.Beacon;
using Prozchain.Sharding.Committees;
using Prozchain.Sharding.Consensus;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Ports;
using Prozchain.Sharding.Simulation;

namespace Prozchain.Benchmarks.Scaling;

/// <summary>What work costs one core of this machine, nanoseconds, measured in this run: the best of several rounds.</summary>
/// <param name="Sign">Making an Ed25519 signature.</param>
/// <param name="Verify">Checking one by itself.</param>
/// <param name="Certificate">Checking a list certificate, 67 of 100 seats, in one batch.</param>
/// <param name="BigCertificate">Checking 667 of 1,000: the beacon's.</param>
/// <param name="Signature">A transaction's signature in a batch of 1,024.</param>
/// <param name="Transfer">Executing a transfer over 2^17 accounts in blocks of 4,096, state root included.</param>
/// <param name="Byte">Taking in a byte: copying and hashing it (BLAKE3).</param>
/// <param name="Copy">Copying a byte: what is left of taking one in that is here already.</param>
/// <param name="Hash">Hashing two nodes of a tree into one, singly.</param>
/// <param name="View">All that one node of 100 does for one view of the ordering protocol but signatures; the simulator's own work is in it.</param>
internal sealed record MeasuredCosts(double Sign, double Verify, double Certificate, double BigCertificate, double Signature, double Transfer, double Byte, double Copy, double Hash, double View)
{
    public const int Seats = 100, Quorum = 67;

    private static MeasuredCosts? s_measured;

    /// <summary>Measured once a run, or taken over.</summary>
    public static MeasuredCosts Here => s_measured ??= Measure();

    /// <summary>True if an earlier run measured.</summary>
    public static bool IsTakenOver { get; private set; }

    /// <summary>Takes over what an earlier run measured, if the file is there; else measures and writes it: simulated time needs a quiet machine for the costs only.</summary>
    public static void Use(string path)
    {
        IsTakenOver = File.Exists(path);
        if (IsTakenOver) s_measured = JsonSerializer.Deserialize(File.ReadAllText(path), MeasuredCostsJson.Default.MeasuredCosts);
        else File.WriteAllText(path, JsonSerializer.Serialize(Here, MeasuredCostsJson.Default.MeasuredCosts));
    }

    public override string ToString() =>
        FormattableString.Invariant($"signature made {Sign / 1000:F1} µs, checked singly {Verify / 1000:F1}, in batches of 1,024 {Signature / 1000:F1}; certificate of 67 {Certificate / 1000:F0} µs, of 667 {BigCertificate / 1000:F0} µs; transfer with root {Transfer / 1000:F2} µs; byte copied and hashed {Byte:F2} ns, copied {Copy:F2}; tree node {Hash:F0} ns; a view of 100 seats without signatures {View / 1000:F0} µs a node");

    private static MeasuredCosts Measure()
    {
        using var signer = new Ed25519Signer(new byte[32]);
        var verifier = new Ed25519Verifier();
        byte[] message = new byte[Digest.Size], signature = new byte[65], bytes = new byte[1 << 16], copy = new byte[1 << 16], hash = new byte[32];
        signer.Sign(message, signature);
        double sign = Best(100, () => signer.Sign(message, signature)), verify = Best(100, () => verifier.Verify(signer.PublicKey.Span, message, signature));
        double bulk = Best(3, Batch(verifier, 1024, sameMessage: false)) / 1024;
        double perByte = Best(50, () => { bytes.CopyTo(copy, 0); Blake3.Hash(copy, hash); }) / bytes.Length;
        double perCopy = Best(50, () => bytes.CopyTo(copy, 0)) / bytes.Length;
        double node = Best(10_000, () => Blake3.Hash(copy.AsSpan(0, 64), hash));
        return new MeasuredCosts(sign, verify, Best(10, Batch(verifier, Quorum, sameMessage: true)), Best(3, Batch(verifier, 667, sameMessage: true)), bulk, Transfers(), perByte, perCopy, node, Views());
    }

    private static double Best(int runs, Action action)
    {
        // Tiered compilation needs its time before it counts.
        double best = double.MaxValue;
        long began = Stopwatch.GetTimestamp();
        for (int round = 0; round < 8 || Stopwatch.GetElapsedTime(began).TotalSeconds < 0.6; round++)
        {
            long start = Stopwatch.GetTimestamp();
            for (int i = 0; i < runs; i++) action();
            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalNanoseconds / runs);
        }
        return best;
    }

    private static Action Batch(Ed25519Verifier verifier, int count, bool sameMessage)
    {
        var batch = new SignedMessage[count];
        for (int i = 0; i < count; i++)
        {
            byte[] seed = new byte[32], message = new byte[Digest.Size], signature = new byte[65];
            BitConverter.TryWriteBytes(seed, i);
            if (!sameMessage) BitConverter.TryWriteBytes(message, i);
            using var signer = new Ed25519Signer(seed);
            signer.Sign(message, signature);
            batch[i] = new SignedMessage(signer.PublicKey, message, signature);
        }
        var valid = new bool[count];
        return () =>
        {
            verifier.VerifyMany(batch, valid);
            if (valid.Contains(false)) throw new InvalidOperationException("Expected valid signatures.");
        };
    }

    private static double Transfers()
    {
        const int PerBlock = 4096;
        using var load = new StateLoad(1 << 17, PerBlock, 0);
        double best = double.MaxValue;
        for (int i = 0; i < 40; i++)
        {
            load.Before();
            long start = Stopwatch.GetTimestamp();
            load.Run();
            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalNanoseconds / PerBlock);
        }
        return best;
    }

    private static double Views()
    {
        ShardLayout layout = ShardLayout.Create(1);
        CheapSigner[] signers = [.. Enumerable.Range(0, Seats).Select(number => new CheapSigner(number))];
        var draw = CommitteeAssignment.Draw(new byte[Digest.Size], 1, [.. signers.Select(each => new Validator(each.PublicKey, 1000))], layout, new CommitteeParameters(Seats));
        Committee committee = draw.Of(layout.Shards[0].Id);
        var instance = new OrderingInstance(1, committee, new byte[Digest.Size]);
        NodeId[] peers = [.. Enumerable.Range(0, committee.Members.Count).Select(number => new NodeId(number))];
        using var world = new SimulatedWorld(1, new WorldOptions { TraceLength = 0 });
        var anchor = new OrderingAnchor(new Digest(new byte[Digest.Size]), 0, world.Options.StartMs);
        foreach (NodeId _ in peers)
        {
            world.Add(me => new OrderingNode(new OrderingOptions
            {
                Instance = instance, Anchor = anchor, Peers = peers, Member = me.Value, Application = new EmptyApplication(),
                Scheme = new SignatureListScheme(committee, new NoSignatures(), new CheapSigner(CheapSigner.NumberOf(committee.Members[me.Value].PublicKey.Span))),
            }));
        }
        world.RunTo(1500);
        double best = double.MaxValue;
        for (int round = 0; round < 4; round++)
        {
            ulong before = world.Nodes[0].As<OrderingNode>()!.FinalHeight;
            long start = Stopwatch.GetTimestamp();
            world.RunFor(400);
            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalNanoseconds / ((double)peers.Length * Math.Max(1, world.Nodes[0].As<OrderingNode>()!.FinalHeight - before)));
        }
        return best;
    }
}

[JsonSerializable(typeof(MeasuredCosts))]
internal sealed partial class MeasuredCostsJson : JsonSerializerContext;
