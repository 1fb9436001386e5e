using Prozchain.Shared;

namespace Prozchain.Zk.Plonky3.Fri;

/// <summary>What is claimed of a commitment: the values of its matrices at some points.</summary>
internal sealed record Claim<TExt>(Bytes32[] Cap, MatrixClaim<TExt>[] Matrices);

/// <summary>What is claimed of a committed matrix.</summary>
/// <param name="LogRows">log2 of its rows before the blowup.</param>
/// <param name="Points">The points.</param>
/// <param name="Values">For each point, the value of every column, blinding ones included.</param>
internal sealed record MatrixClaim<TExt>(int LogRows, TExt[] Points, TExt[][] Values);
