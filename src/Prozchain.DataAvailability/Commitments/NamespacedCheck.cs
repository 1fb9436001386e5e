namespace Prozchain.DataAvailability.Commitments;

/// <summary>What a <see cref="NamespacedProof"/> shows of cells, and if not, why not.</summary>
public enum NamespacedCheck
{
    /// <summary>The cells stand where the proof says; for a namespace: they are all of it in that line.</summary>
    Valid = 0,

    /// <summary>The range does not lie within the line, or no square has a line of that width.</summary>
    OutsideLine = 1,

    /// <summary>There are not as many cells as the proof speaks of, or they are too short for a namespace.</summary>
    WrongCells = 2,

    /// <summary>A cell is of another namespace, or an absence rests on a cell that is not of a greater one.</summary>
    WrongNamespace = 3,

    /// <summary>There are fewer or more nodes than the range needs.</summary>
    WrongNodes = 4,

    /// <summary>Namespaces are not in ascending order from left to right.</summary>
    Disordered = 5,

    /// <summary>A part beside the range may hold more cells of the namespace.</summary>
    Incomplete = 6,

    /// <summary>The proof says that the namespace lies outside the root's, and it does not.</summary>
    NotAbsent = 7,

    /// <summary>Cells and nodes do not lead to the root.</summary>
    WrongRoot = 8,
}
