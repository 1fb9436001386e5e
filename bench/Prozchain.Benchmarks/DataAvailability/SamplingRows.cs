using System.Buffers;
using System.IO.Pipelines;
using Prozchain.Benchmarks.Quick;
using Prozchain.DataAvailability;
using Prozchain.DataAvailability.Ports;
using Prozchain.DataAvailability.Sampling;

namespace Prozchain.Benchmarks.DataAvailability;

/// <summary>The sample protocol without the proofs, and what a plan costs to compute.</summary>
internal static class SamplingRows
{
    private const string Area = "DataAvailability";
    private const int Shares = 2000;

    public static IReadOnlyList<QuickRow> All { get; } =
    [
        QuickRow.Rate(Area, "sample protocol over pipes in memory, k = 32, 64 in flight", "samples/s", Protocol)
            with { Against = Yardstick.Registers, FromYardstick = Steps.PerSecond },
        QuickRow.Time(Area, "shortfall of 1500 clients with 16 samples, k = 64, exact", "ms", 1e3, () =>
            new QuickBody(() => NetworkConfidence.Shortfall(SamplingScheme.Square(64), 1500, 16)))
            with { Against = Yardstick.Registers, FromYardstick = Steps.Milliseconds },
    ];

    // Shares made beforehand, so that the protocol and not the hashing is measured.
    private static QuickBody Protocol()
    {
        var parameters = new SquareParameters(32);
        ExtendedSquare square = ExtendedSquare.Encode(Seeded.Bytes(parameters.Capacity, 1), parameters);
        var answer = new ArrayBufferWriter<byte>();
        square.GetShare(1, 2).WriteTo(answer);
        var limits = new SampleServerLimits { TokenBurst = int.MaxValue, TotalTokenBurst = int.MaxValue, BytesPerConnection = long.MaxValue };
        Pipe up = new(), down = new();
        Task serving = new SampleServer(new Fixed(answer.WrittenMemory), new LocalShareSource(square), limits).ServeAsync(new Ends(up.Reader, down.Writer));
        var remote = new RemoteShareSource(new Ends(down.Reader, up.Writer));
        byte[] root = square.DataRoot.ToArray();
        void Run() => Task.WhenAll(Enumerable.Range(0, 64).Select(_ => Task.Run(AskAsync))).GetAwaiter().GetResult();

        async Task AskAsync()
        {
            var share = new ArrayBufferWriter<byte>();
            for (int i = 0; i < Shares / 64; i++)
            {
                share.ResetWrittenCount();
                ShareStatus status = await remote.FetchAsync(new ShareRequest(root, 1, 2), share, default).ConfigureAwait(false);
                if (status != ShareStatus.Served) throw new InvalidOperationException($"Expected a share, got {status}.");
            }
        }

        return new QuickBody(Run, Shares / 64 * 64, new Disposer(() =>
        {
            remote.DisposeAsync().AsTask().GetAwaiter().GetResult();
            serving.GetAwaiter().GetResult();
        }));
    }

    private sealed class Fixed(ReadOnlyMemory<byte> share) : IShareSource
    {
        public ValueTask<ShareStatus> FetchAsync(ShareRequest request, IBufferWriter<byte> output, CancellationToken cancellationToken)
        {
            output.Write(share.Span);
            return ValueTask.FromResult(ShareStatus.Served);
        }
    }

    private sealed class Ends(PipeReader input, PipeWriter output) : IDuplexPipe
    {
        public PipeReader Input => input;

        public PipeWriter Output => output;
    }
}
