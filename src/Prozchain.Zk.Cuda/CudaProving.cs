using Prozchain.Zk.Cuda.Backend;
using Prozchain.Zk.Stark;

namespace Prozchain.Zk.Cuda;

/// <summary>Makes proofs on devices.</summary>
public static class CudaProving
{
    /// <summary>The same options, with the heavy work done on a device. The proof's bytes are those that the processor would make.</summary>
    /// <remarks>
    /// Served are KoalaBear and BabyBear with all extensions and hashes that <see cref="StarkKey{TField}"/> knows. A device that fails ends the proof with a
    /// <see cref="CudaException"/>, and gives back all that the proof took. Proofs that are made at the same time on one device wait for each other.
    /// Traces that are described (<see cref="Airs.Poseidon2Air{TParameters}.Describe"/>, <see cref="Airs.KeccakInput.Describe"/>,
    /// <see cref="Airs.Blake3Compression.Describe"/>, <see cref="Airs.Sha256Compression.Describe"/>) are made on the device from their inputs, unless the
    /// proof hides them or goes without the memory for it; all others are copied there, and what is only read takes no memory of the host besides.
    /// </remarks>
    /// <param name="options">The options.</param>
    /// <param name="device">The device; open until the last proof is made.</param>
    /// <param name="memoryBudget">
    /// Bytes of the device's memory that a proof may take; 0 for nine tenths of what is free when it begins. Where extended columns do not fit, they
    /// are computed again in pieces; a budget that is too small for that too is refused with a <see cref="CudaException"/> that names the bytes needed.
    /// </param>
    /// <param name="plans">Told of each proof, before it begins, how it stays within the budget.</param>
    /// <exception cref="ArgumentOutOfRangeException">The budget is negative.</exception>
    public static StarkProverOptions WithCuda(this StarkProverOptions options, CudaDevice device, long memoryBudget = 0, IProgress<CudaMemoryPlan>? plans = null) =>
        options.WithCuda([device], memoryBudget, plans);

    /// <summary>The same with several devices: a proof takes the first that is free.</summary>
    /// <param name="options">The options.</param>
    /// <param name="devices">At least one; open until the last proof is made.</param>
    /// <param name="memoryBudget">Bytes of a device's memory that a proof may take, as with one device.</param>
    /// <param name="plans">Told of each proof, before it begins, how it stays within the budget.</param>
    /// <exception cref="ArgumentException">There is no device.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The budget is negative.</exception>
    public static StarkProverOptions WithCuda(this StarkProverOptions options, IReadOnlyList<CudaDevice> devices, long memoryBudget = 0, IProgress<CudaMemoryPlan>? plans = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(devices);
        ArgumentOutOfRangeException.ThrowIfNegative(memoryBudget);
        if (devices.Count == 0) throw new ArgumentException("Expected at least one device, got none.", nameof(devices));
        return options with { Backend = new CudaBackend([.. devices], memoryBudget, plans) };
    }
}
