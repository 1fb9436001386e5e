namespace Prozchain.Benchmarks.Scaling;

/// <summary>How a shard hears of the others' blocks.</summary>
internal enum Following
{
    /// <summary>As built: each micro-block that sends something comes with its own certificate.</summary>
    EveryHeader,

    /// <summary>Bundles of five micro-blocks come together, under one certificate every 500 ms.</summary>
    SealedHeaders,

    /// <summary>Eight shards directly; the receipts roots of the others come as one root of the beacon every 500 ms.</summary>
    BeaconRoots,
}

/// <summary>
/// The CPU of one node of a shard of 100 seats as a function of load and number of shards: the sum of what the simulation
/// charges, in closed form. Receivers are drawn uniformly over all shards.
/// </summary>
internal sealed record ScalingModel(MeasuredCosts Costs, Following Following)
{
    private const int Direct = 8, TransferBytes = 180, HeaderBytes = 800;

    // Cores that execution may take so that the leader's and the voters' fit between two blocks: what the simulation keeps
    // its blocks on time at.
    private const double MostExecution = 0.16;

    public double BlocksPerSecond { get; init; } = 10;

    /// <summary>Cores of a node: signatures and certificates spread over them, execution does not.</summary>
    public int Cores { get; init; } = 1;

    /// <summary>Transfers of a block that choose receivers apart from each other, each heard of there and, by a grant, here; null for all.</summary>
    public int? DrawsPerBlock { get; init; }

    /// <summary>Transfers a second of one shard at which a node is busy for this part of its time.</summary>
    public double Capacity(int shards, double cpu)
    {
        double low = 0, high = Cores * 1e9 / Costs.Signature;
        for (int i = 0; i < 60; i++)
        {
            double middle = (low + high) / 2;
            ModelCpu needed = Cpu(shards, middle);
            if (needed.Total <= cpu * Cores && (Cores == 1 || needed.Execution <= MostExecution)) low = middle;
            else high = middle;
        }
        return low;
    }

    /// <summary>Cores that a node needs, by kind of work, and the bytes a second that it receives.</summary>
    public ModelCpu Cpu(int shards, double load)
    {
        double others = shards - 1, cross = others / shards, blocks = BlocksPerSecond;
        double ordering = blocks * Costs.View, votes = blocks * (2 * Costs.Sign + Costs.Verify + 2 * Costs.Certificate);
        double execution = load * Costs.Transfer * (1 + cross / 2);
        double signatures = load * Costs.Signature, bytes = 2 * load * TransferBytes * Costs.Byte;
        double receipts = load * cross * CpuMeter.Copies * CpuMeter.ReceiptBytes;
        double heard = others == 0 ? 0 : blocks * others * (1 - Math.Pow(1 - 1.0 / shards, 2 * (DrawsPerBlock ?? load / blocks))), headerBytes = CpuMeter.CertificateBytes + HeaderBytes;
        double headers, traffic;
        switch (Following)
        {
            case Following.EveryHeader:
                (headers, traffic) = (heard * Costs.Certificate, heard * CpuMeter.Copies * headerBytes);
                break;
            case Following.SealedHeaders:
                (headers, traffic) = (heard / 5 * Costs.Certificate, heard / 5 * CpuMeter.Copies * headerBytes);
                break;
            default:
                double direct = Math.Min(heard, heard / Math.Max(1, others) * Direct), rest = (heard - direct) / 5, path = 2 * Math.Ceiling(Math.Log2(Math.Max(2, shards))) + 4;
                headers = direct * Costs.Certificate + (rest > 0 ? 2 * Costs.BigCertificate : 0) + rest * path * Costs.Hash;
                traffic = direct * CpuMeter.Copies * headerBytes + rest * CpuMeter.Copies * HeaderBytes;
                break;
        }
        headers += CpuMeter.HearNanoseconds(Costs, (traffic + receipts) / CpuMeter.Copies);
        return new ModelCpu(ordering / 1e9, votes / 1e9, headers / 1e9, signatures / 1e9, execution / 1e9, bytes / 1e9, traffic + receipts + 2 * load * TransferBytes);
    }
}

/// <summary>Cores by kind of work; bytes received a second.</summary>
internal readonly record struct ModelCpu(double Ordering, double Votes, double Headers, double Signatures, double Execution, double Bytes, double Traffic)
{
    public double Total => Ordering + Votes + Headers + Signatures + Execution + Bytes;
}
