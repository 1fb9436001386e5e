namespace Prozchain.Zk.Cuda.Diagnostics;

/// <summary>
/// Checks and times a device's work on proofs, kind by kind, and holds it against what the device does at best: copies in its memory, and
/// operations on registers, measured first. For finding out whether a device and its driver compute right, and where its time goes.
/// </summary>
public static class CudaSelfTest
{
    /// <summary>Measures; some minutes at the default sizes. A kind that fails is reported as such, and the next one is tried.</summary>
    /// <remarks>Proofs on the device wait meanwhile, and make its times longer where they get between. Needs about half a dozen gigabytes of the host's memory at the default sizes.</remarks>
    /// <param name="device">The device.</param>
    /// <param name="options">Sizes; null for the default ones.</param>
    /// <param name="progress">Told of each measurement as it is there.</param>
    /// <param name="cancellation">Looked at between runs.</param>
    /// <returns>The yardsticks, then kernels, then whole proofs.</returns>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static IReadOnlyList<CudaMeasurement> Run(
        CudaDevice device, CudaSelfTestOptions? options = null, IProgress<CudaMeasurement>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(device);
        SelfTestBench bench = new(device, options ?? new(), progress, cancellation);
        Yardsticks.Measure(bench);
        MeasuredCommitments.Measure(bench);
        MeasuredTraces.Measure(bench);
        MeasuredTapes.Measure(bench);
        MeasuredCodewords.Measure(bench);
        MeasuredProofs.Measure(bench);
        return bench.Found;
    }
}
