using Prozchain.Zk.Air;
using Prozchain.Zk.Backends;
using Prozchain.Zk.Cuda.Backend;
using Prozchain.Zk.Cuda.Tests.Emulator;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Merkle;
using Prozchain.Zk.Stark;
using Prozchain.Zk.Tests.Stark;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;

namespace Prozchain.Zk.Cuda.Tests.Proofs;

/// <summary>What a proof on a device takes of the host: what hides, and no extended columns.</summary>
[Collection(nameof(DeviceTests))]
public sealed class HostMemoryTests
{
    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public void Prove_OfATraceOfTheHost(bool hiding, bool inPieces)
    {
        BusCase statement = new();
        StarkKey<F> key = statement.Key(hiding);
        Trace<F>[] traces = statement.Traces(isDescribed: false);
        long trace = traces.Sum(rows => 4L * rows.Width * rows.Height), lookups = key.Tables.Sum(table => 4L * table.Lookups.Columns * 4 * traces[0].Height);
        byte[] expected = Prove(null);
        using CudaDevice device = TestDevice.Open();
        Planned planned = new();
        Prove(new CudaBackend([device], 0, planned));
        Watched watched = new(new CudaBackend([device], inPieces ? planned.Bytes - 1 : 0));
        Assert.Equal(expected, Prove(watched));
        long taken = watched.Memory!.Peak;
        // Rows that are only read stay where they are; in pieces the host has lookup columns. What hides is as long again, and besides there are
        // masks and lookups; extensions would take as much once more.
        if (hiding) Assert.InRange(taken, 2 * trace, 2 * trace + trace * 5 / 4);
        else Assert.Equal(inPieces ? lookups : 0, taken);

        byte[] Prove(IBackend? backend)
        {
            using SeededGenerator randomness = new(7);
            StarkProverOptions options = new() { Randomness = randomness };
            return StarkProver.Prove(key, traces, [[], []], backend is null ? options : options with { Backend = backend }).Messages.ToArray();
        }
    }

    private sealed class Planned : IProgress<CudaMemoryPlan>
    {
        public long Bytes { get; private set; }

        public void Report(CudaMemoryPlan value) => Bytes = value.Bytes;
    }

    private sealed class Watched(IBackend inner) : IBackend
    {
        public ProofMemory? Memory { get; private set; }

        public IBackendRun<TField, TParameters> Start<TField, TParameters, TTree>(
            BackendSettings settings, ProofLayout<TField>? layout = null, IReadOnlyList<Trace<TField>>? traces = null)
            where TField : unmanaged, ITwoAdicField<TField>
            where TParameters : unmanaged, IExtensionParameters<TField>
            where TTree : struct, IMatrixHash<TField>
        {
            Memory = settings.Memory;
            return inner.Start<TField, TParameters, TTree>(settings, layout, traces);
        }
    }
}
