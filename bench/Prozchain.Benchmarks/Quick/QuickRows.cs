using Prozchain.Benchmarks.AI;
using Prozchain.Benchmarks.DataAvailability;
using Prozchain.Benchmarks.Rollups;
using Prozchain.Benchmarks.Scaling;
using Prozchain.Benchmarks.Sharding;
using Prozchain.Benchmarks.Yardsticks;
using Prozchain.Benchmarks.Zk;

namespace Prozchain.Benchmarks.Quick;

/// <summary>Every row, area by area; the yardsticks come first. A new area adds its list here.</summary>
internal static class QuickRows
{
    public static IReadOnlyList<QuickRow> All { get; } =
    [
        .. YardstickRows.All,
        .. ZkRows.All,
        .. FieldRows.All,
        .. TransformRows.All,
        .. HashRows.All,
        .. StarkRows.All,
        .. CodingRows.All,
        .. TreeRows.All,
        .. DenseRows.All,
        .. SquareRows.All,
        .. SamplingRows.All,
        .. RowRows.All,
        .. BlobRows.All,
        .. LayoutRows.All,
        .. ShardingRows.All,
        .. BeaconRows.All,
        .. Ed25519Rows.All,
        .. StateRows.All,
        .. SimulatorRows.All,
        .. OrderingRows.All,
        .. ReshardRows.All,
        .. ExecutionRows.All,
        .. AttestationRows.All,
        .. AtomicRows.All,
        .. ScalingRows.All,
        .. EngineRows.All,
        .. PaymentRows.All,
        .. SequencerRows.All,
        .. HashSignatureRows.All,
        .. ProverRows.All,
        .. BatchCodecRows.All,
        .. DisputeRows.All,
        .. AIRows.All,
        .. CodecRows.All,
        .. KernelRows.All,
    ];
}
