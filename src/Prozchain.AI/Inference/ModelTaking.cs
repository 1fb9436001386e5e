namespace Prozchain.AI.Inference;

/// <summary>A model for one request, or why it cannot be had.</summary>
/// <param name="Model">The model, or null.</param>
/// <param name="Status">What the request ends with if there is none.</param>
/// <param name="Reason">Why, with expected and got.</param>
internal readonly record struct ModelTaking(ServedModel? Model, InferenceStatus Status = InferenceStatus.Done, string? Reason = null);
