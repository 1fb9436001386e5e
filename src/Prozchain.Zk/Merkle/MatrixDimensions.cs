namespace Prozchain.Zk.Merkle;

/// <summary>Height and width of one committed matrix.</summary>
/// <param name="Height">Rows, a power of two.</param>
/// <param name="Width">Elements of a row, at least one; salts do not count.</param>
public readonly record struct MatrixDimensions(int Height, int Width);
