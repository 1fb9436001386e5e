namespace Prozchain.Rollups.Disputes;

/// <summary>Why a proof does not show a step.</summary>
public enum StepFault : byte
{
    /// <summary>It does.</summary>
    None,

    /// <summary>There is no such kind of step.</summary>
    UnknownKind,

    /// <summary>The witness is not well-formed, or does not lead to the state's root.</summary>
    BadWitness,

    /// <summary>The witness does not show a key that the step needs.</summary>
    MissingState,

    /// <summary>The siblings do not show the next free place of the exit tree.</summary>
    BadExits,
}
