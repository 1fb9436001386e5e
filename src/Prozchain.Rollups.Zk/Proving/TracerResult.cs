namespace Prozchain.Rollups.Zk.Proving;

/// <summary>Whether a batch can be traced, or what of a <see cref="ProverInput"/> stands against it.</summary>
internal enum TracerResult
{
    /// <summary>It can.</summary>
    Ok,

    /// <summary>The state's part is not of the root before, or has a value that no rules lead to.</summary>
    WrongState,

    /// <summary>The state's part lacks a key that the batch touches.</summary>
    MissingState,

    /// <summary>The bytes are not those that the posting names, or are there where none are read.</summary>
    OtherSource,

    /// <summary>A payment that is valid lacks a signature of the form, key index and codeword that it owes.</summary>
    WrongSignature,

    /// <summary>Steps that the batch does not have.</summary>
    WrongSteps,

    /// <summary>It is of another rollup, or fees go to another account than 0.</summary>
    OtherRollup,
}
