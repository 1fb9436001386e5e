namespace Prozchain.Zk.Cuda;

/// <summary>How a proof stays within its budget of a device's memory: reckoned before it takes any, and not passed.</summary>
/// <param name="IsResident">
/// Whether all extended columns stay on the device. Else they are made again, from columns in the host's memory, wherever they are needed: in pieces
/// of columns, or of rows, which takes more copies and work, and gives the same proof.
/// </param>
/// <param name="Bytes">What the proof takes on the device at most.</param>
/// <param name="ResidentBytes">What it would take for all to stay; the same as <paramref name="Bytes"/> if it does.</param>
public sealed record CudaMemoryPlan(bool IsResident, long Bytes, long ResidentBytes);
