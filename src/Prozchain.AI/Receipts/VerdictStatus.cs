namespace Prozchain.AI.Receipts;

/// <summary>What a check of a receipt found.</summary>
public enum VerdictStatus
{
    /// <summary>It holds.</summary>
    Accepted = 0,

    /// <summary>The signature is not of that key over that statement.</summary>
    BadSignature,

    /// <summary>It is about another stored model.</summary>
    WrongModel,

    /// <summary>It is about another graph.</summary>
    WrongGraph,

    /// <summary>It is about another version of the operators.</summary>
    WrongEngineVersion,

    /// <summary>The inputs are not those of the statement, or cannot be inputs of the graph.</summary>
    WrongInput,

    /// <summary>The run gives another output.</summary>
    WrongOutput,

    /// <summary>A dispute went against the signer: <see cref="InferenceVerdict.Operator"/> gives something else, or it had no answer.</summary>
    SignerRefuted,

    /// <summary>A dispute went against the challenger: the receipt holds.</summary>
    ChallengerRefuted,
}
