using Prozchain.Zk.Security;

namespace Prozchain.Zk.Commitments;

/// <summary>The numbers of a proof of low degree, as the parameters of the whole proof have them.</summary>
/// <param name="LogBlowup">log2 of the evaluation domain over the committed degree bound.</param>
/// <param name="Batching">How the claims are combined.</param>
/// <param name="Queries">Positions that are opened, drawn with replacement.</param>
/// <param name="Grinding">Of these, Batching, Fold and Query are ground here.</param>
/// <param name="SaltLength">Salt elements of each row of a hiding commitment; 0 for none.</param>
internal sealed record FriSettings(int LogBlowup, BatchingKind Batching, int Queries, GrindingBits Grinding, int SaltLength);
