namespace Prozchain.AI.Inference;

/// <summary>A load under way, which all who ask for the model meanwhile share, its failure too. Guarded by the host's lock.</summary>
internal sealed class ModelFlight
{
    /// <summary>Who waits for it, and will have the model when it is there.</summary>
    public int Waiters { get; set; } = 1;

    /// <summary>What came of it is known; who waits is now a user of the model, if there is one.</summary>
    public bool IsDone { get; set; }

    public ServedModel? Model { get; set; }

    /// <summary>Cancelled when all who waited have given up.</summary>
    public CancellationTokenSource Abandoned { get; } = new();

    public TaskCompletionSource<ModelTaking> Result { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
}
