namespace Prozchain.AI.Vault;

/// <summary>A piece of a stored stripe that its store did not take.</summary>
internal readonly record struct UnwrittenPiece(int Piece, PieceFaultKind Kind);
