namespace Prozchain.AI.Inference;

/// <summary>How an inference transaction ended.</summary>
public enum InferenceStatus
{
    /// <summary>Outputs, signed and recorded.</summary>
    Done,

    /// <summary>The registry knows no such model.</summary>
    UnknownModel,

    /// <summary>The registry knows the model, but it cannot be run: archived, pruned, without a graph, or for another engine.</summary>
    NotServed,

    /// <summary>The model's bytes are not to be had, or are not what the registry says.</summary>
    NotLoaded,

    /// <summary>The inputs are not the graph's.</summary>
    WrongInput,

    /// <summary>No slot: see <see cref="InferenceReply.Outcome"/>.</summary>
    Refused,

    /// <summary>It had a slot, but could no longer end in time when its turn came.</summary>
    Late,

    /// <summary>The pool closed.</summary>
    Closed,

    /// <summary>Outputs and receipts are there, but the log did not take them all in: <see cref="InferenceReply.Recorded"/> says how many.</summary>
    NotRecorded,
}
