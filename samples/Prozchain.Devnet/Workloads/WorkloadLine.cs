namespace Prozchain.Devnet.Workloads;

/// <summary>One transfer as the workload file has it.</summary>
/// <param name="Number">1-based line number in the file.</param>
/// <param name="From">A wallet's name, or the 66 hex digits of an address after 0x.</param>
/// <param name="To">A wallet's name, or an address.</param>
/// <param name="Amount">Base units.</param>
/// <param name="Signed">Nonce, public key and signature, where the line carries its own.</param>
internal readonly record struct WorkloadLine(long Number, string From, string To, ulong Amount, SignedPart? Signed);

/// <summary>What a line that was signed elsewhere carries; taken as it is.</summary>
internal sealed record SignedPart(ulong Nonce, byte[] PublicKey, byte[] Signature);

/// <summary>Why a line is not a transfer.</summary>
internal readonly record struct MalformedLine(long Number, string Reason);
