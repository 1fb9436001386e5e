namespace Prozchain.Devnet.Workloads;

/// <summary>One transfer as the workload file has it.</summary>
/// <param name="Number">1-based line number in the file.</param>
/// <param name="From">A wallet's name, or the 66 hex digits of an address after 0x.</param>
/// <param name="To">A wallet's name, or an address.</param>
/// <param name="Amount">Base units.</param>
/// <param name="Back">Base units that come back in the same atomic swap; null for a plain transfer.</param>
/// <param name="Signed">The transfer with its signature, where the line carries its own.</param>
internal readonly record struct WorkloadLine(long Number, string From, string To, ulong Amount, ulong? Back, SignedPart? Signed);

/// <summary>What a line that was signed elsewhere carries; taken as it is.</summary>
internal sealed record SignedPart(ulong Nonce, long ValidUntilMs, byte[] PublicKey, byte[] Signature);

/// <summary>Why a line is not a transfer.</summary>
internal readonly record struct MalformedLine(long Number, string Reason);
