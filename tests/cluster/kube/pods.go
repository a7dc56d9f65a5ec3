package main

import (
	"context"
	"fmt"
	"reflect"
	"strings"

	core "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/errors"
	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// keepPods runs what is scheduled, in name only, and lets go of what is deleted.
func (a *agent) keepPods(ctx context.Context) error {
	pods, err := a.client.CoreV1().Pods("").List(ctx, meta.ListOptions{})
	if err != nil {
		return err
	}
	for i := range pods.Items {
		pod := &pods.Items[i]
		if pod.Spec.NodeName == "" {
			continue
		}
		if pod.DeletionTimestamp != nil {
			atOnce := int64(0)
			err = a.client.CoreV1().Pods(pod.Namespace).Delete(ctx, pod.Name, meta.DeleteOptions{
				GracePeriodSeconds: &atOnce, Preconditions: meta.NewUIDPreconditions(string(pod.UID))})
		} else if pod.Status.Phase == core.PodPending || pod.Status.Phase == core.PodRunning {
			err = a.keepPod(ctx, pod)
		}
		if err != nil && !errors.IsNotFound(err) && !errors.IsConflict(err) {
			return err
		}
	}
	return nil
}

func (a *agent) keepPod(ctx context.Context, pod *core.Pod) error {
	reason, message := a.trouble(ctx, pod)
	status := pod.Status.DeepCopy()
	a.describePod(pod, status, reason, message)
	if reflect.DeepEqual(*status, pod.Status) {
		return nil
	}
	pod.Status = *status
	_, err := a.client.CoreV1().Pods(pod.Namespace).UpdateStatus(ctx, pod, meta.UpdateOptions{})
	if err == nil && reason != "" {
		a.tellTrouble(ctx, pod, reason, message)
	}
	return err
}

// trouble says why a pod does not run: what the test asked for, or a Secret or ConfigMap that is not
// there. Empty when nothing is wrong.
func (a *agent) trouble(ctx context.Context, pod *core.Pod) (reason, message string) {
	for prefix, reason := range a.failures {
		if strings.HasPrefix(pod.Name, prefix) {
			return reason, "as the test asked"
		}
	}
	needed := func(optional *bool) bool { return optional == nil || !*optional }
	for _, volume := range pod.Spec.Volumes {
		if source := volume.Secret; source != nil && needed(source.Optional) &&
			!a.hasSecret(ctx, pod.Namespace, source.SecretName) {
			return "ContainerCreating", fmt.Sprintf("secret %q not found", source.SecretName)
		}
		if source := volume.ConfigMap; source != nil && needed(source.Optional) &&
			!a.hasConfigMap(ctx, pod.Namespace, source.Name) {
			return "ContainerCreating", fmt.Sprintf("configmap %q not found", source.Name)
		}
	}
	for _, container := range pod.Spec.Containers {
		for _, variable := range container.Env {
			if source := variable.ValueFrom; source != nil && source.SecretKeyRef != nil &&
				needed(source.SecretKeyRef.Optional) && !a.hasSecret(ctx, pod.Namespace, source.SecretKeyRef.Name) {
				return "CreateContainerConfigError", fmt.Sprintf("secret %q not found", source.SecretKeyRef.Name)
			}
		}
	}
	return "", ""
}

func (a *agent) hasSecret(ctx context.Context, namespace, name string) bool {
	_, err := a.client.CoreV1().Secrets(namespace).Get(ctx, name, meta.GetOptions{})
	return !errors.IsNotFound(err)
}

func (a *agent) hasConfigMap(ctx context.Context, namespace, name string) bool {
	_, err := a.client.CoreV1().ConfigMaps(namespace).Get(ctx, name, meta.GetOptions{})
	return !errors.IsNotFound(err)
}

func (a *agent) describePod(pod *core.Pod, status *core.PodStatus, reason, message string) {
	if status.StartTime == nil {
		now := meta.Now()
		status.StartTime = &now
		status.PodIP = podAddress(a.pods)
		a.pods++
	}
	status.HostIP = a.addresses[pod.Spec.NodeName]
	status.Phase = core.PodRunning
	if reason == "" && pod.Spec.RestartPolicy != core.RestartPolicyAlways {
		status.Phase = core.PodSucceeded // a Job's work is done as soon as it starts
	} else if reason != "" && reason != "Unready" && reason != "CrashLoopBackOff" && reason != "OOMKilled" {
		status.Phase = core.PodPending
	}
	ready := core.ConditionTrue
	if status.Phase != core.PodRunning || reason != "" {
		ready = core.ConditionFalse
	}
	for _, kind := range []core.PodConditionType{core.PodInitialized, core.ContainersReady, core.PodReady} {
		value := ready
		if kind == core.PodInitialized {
			value = core.ConditionTrue
		}
		setCondition(status, kind, value)
	}
	status.ContainerStatuses = nil
	for _, container := range pod.Spec.Containers {
		status.ContainerStatuses = append(status.ContainerStatuses,
			describeContainer(&container, status, reason, message))
	}
	status.InitContainerStatuses = nil
	for _, container := range pod.Spec.InitContainers {
		status.InitContainerStatuses = append(status.InitContainerStatuses, core.ContainerStatus{
			Name: container.Name, Image: container.Image, ImageID: container.Image, Ready: true,
			State: core.ContainerState{Terminated: ended(status, 0, "Completed")}})
	}
}

func setCondition(status *core.PodStatus, kind core.PodConditionType, value core.ConditionStatus) {
	for i := range status.Conditions {
		if status.Conditions[i].Type == kind {
			if status.Conditions[i].Status != value {
				status.Conditions[i].Status, status.Conditions[i].LastTransitionTime = value, meta.Now()
			}
			return
		}
	}
	status.Conditions = append(status.Conditions,
		core.PodCondition{Type: kind, Status: value, LastTransitionTime: meta.Now()})
}

func ended(status *core.PodStatus, code int32, reason string) *core.ContainerStateTerminated {
	return &core.ContainerStateTerminated{
		ExitCode: code, Reason: reason, StartedAt: *status.StartTime, FinishedAt: *status.StartTime}
}

func describeContainer(container *core.Container, status *core.PodStatus, reason, message string) core.ContainerStatus {
	result := core.ContainerStatus{Name: container.Name, Image: container.Image, ImageID: container.Image}
	started := reason == "" || reason == "Unready"
	result.Started = &started
	switch {
	case status.Phase == core.PodSucceeded:
		result.State.Terminated = ended(status, 0, "Completed")
	case started:
		result.Ready = reason == ""
		result.State.Running = &core.ContainerStateRunning{StartedAt: *status.StartTime}
	case reason == "CrashLoopBackOff", reason == "OOMKilled":
		result.RestartCount = 3
		result.State.Waiting = &core.ContainerStateWaiting{Reason: "CrashLoopBackOff",
			Message: "back-off 40s restarting failed container=" + container.Name}
		result.LastTerminationState.Terminated = ended(status, 1, "Error")
		if reason == "OOMKilled" {
			result.LastTerminationState.Terminated = ended(status, 137, reason)
		}
	default:
		result.State.Waiting = &core.ContainerStateWaiting{Reason: reason, Message: message}
	}
	return result
}

func (a *agent) tellTrouble(ctx context.Context, pod *core.Pod, reason, message string) {
	about := core.ObjectReference{Kind: "Pod", APIVersion: "v1", Namespace: pod.Namespace,
		Name: pod.Name, UID: pod.UID}
	container := pod.Spec.Containers[0]
	event, text := "Failed", "Error: "+message
	switch reason {
	case "Unready":
		event, text = "Unhealthy", "Readiness probe failed: HTTP probe failed with statuscode: 503"
	case "CrashLoopBackOff", "OOMKilled":
		event, text = "BackOff", fmt.Sprintf("Back-off restarting failed container %s in pod %s_%s(%s)",
			container.Name, pod.Name, pod.Namespace, pod.UID)
	case "ImagePullBackOff":
		event, text = "Failed", fmt.Sprintf("Failed to pull image %q: not found", container.Image)
	case "ContainerCreating":
		event, text = "FailedMount", "MountVolume.SetUp failed: "+message
	}
	a.tell(ctx, about, "kubelet", core.EventTypeWarning, event, text)
}
