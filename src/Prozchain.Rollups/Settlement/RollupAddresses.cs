namespace Prozchain.Rollups.Settlement;

/// <summary>Where a rollup's contracts are on its settlement layer. In validity mode one contract is Inbox and state chain, and there are no bonds, no disputes and no step judge: zero.</summary>
/// <param name="Guardian">The brake.</param>
/// <param name="Inbox">Batches and forced items.</param>
/// <param name="Bridge">Escrow.</param>
/// <param name="StakeRegistry">Bonds of sequencers.</param>
/// <param name="BondVault">Where bonds of claims wait.</param>
/// <param name="ProofRegistry">What was proven; zero where nothing is.</param>
/// <param name="StateChain">What is final.</param>
/// <param name="Tournament">Disputes; zero where proofs end them.</param>
/// <param name="MessageRoot">Messages out.</param>
/// <param name="EscapeHatch">The way out when nothing becomes final.</param>
/// <param name="DataChallenge">Asks for data that is withheld.</param>
/// <param name="StepJudge">What disputes ask about one step; zero where proofs end them.</param>
/// <param name="FinalityPolicy">What leaves only once it is proven; zero where nothing does.</param>
public sealed record RollupAddresses(
    L1Address Guardian, L1Address Inbox, L1Address Bridge, L1Address StakeRegistry, L1Address BondVault, L1Address ProofRegistry, L1Address StateChain, L1Address Tournament,
    L1Address MessageRoot, L1Address EscapeHatch, L1Address DataChallenge, L1Address StepJudge, L1Address FinalityPolicy = default);
