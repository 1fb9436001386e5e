using Prozchain.DataAvailability.Sampling;

namespace Prozchain.DataAvailability.Simulation;

/// <summary>
/// Runs protocols of data availability side by side against the same adversary, block by block, with every draw made as the library's
/// own sampler makes it, and reports what was achieved beside what theory states. Deterministic.
/// </summary>
/// <remarks>
/// The model is that of <see cref="SamplingConfidence"/>, <see cref="SelectiveServing"/> and <see cref="Eclipse"/>: units are counted, not computed, so that
/// a thousand clients and blocks of 100 MB take a moment. Nodes have one vote each. A certificate needs more than two thirds of all nodes; the
/// adversary's sign what they do not keep, and its producer serves just as many honest nodes as the certificate needs. Of a
/// node that leaves, its stored units go with it; who takes its place draws units of its own and fetches
/// those of every block still retained, restoring what nobody can give.
/// </remarks>
public static class WithholdingSimulation
{
    /// <summary>Runs all protocols on one network.</summary>
    /// <param name="options">The network.</param>
    /// <param name="protocols">What is compared; <see cref="SimulatedProtocol.All"/> if null.</param>
    /// <param name="progress">Told the fraction done, 0 to 1.</param>
    /// <param name="cancellationToken">Looked at before every block.</param>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static IReadOnlyList<ProtocolReport> Run(
        SimulationOptions options, IReadOnlyList<SimulatedProtocol>? protocols = null, IProgress<double>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Check();
        protocols ??= SimulatedProtocol.All(options.PayloadBytes, options.Nodes);
        List<ProtocolReport> reports = [];
        for (int i = 0; i < protocols.Count; i++)
        {
            var run = new ProtocolRun(options, protocols[i]);
            for (int block = 0; block < options.Blocks; block++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                run.Step(block);
                progress?.Report((i + (block + 1) / (double)options.Blocks) / protocols.Count);
            }
            reports.Add(run.Report());
        }
        return reports;
    }
}
