package main

import (
	"context"

	core "k8s.io/api/core/v1"
	storage "k8s.io/api/storage/v1"
	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
)

const (
	provisioner  = "ebs.csi.aws.com"
	selectedNode = "volume.kubernetes.io/selected-node"
	zoneLabel    = "topology.kubernetes.io/zone"
)

// keepVolumes makes a volume for each claim that the scheduler gave a node, grows it with its claim
// and deletes it once it is released, if its class says so.
func (a *agent) keepVolumes(ctx context.Context) error {
	claims, err := a.client.CoreV1().PersistentVolumeClaims("").List(ctx, meta.ListOptions{})
	if err != nil {
		return err
	}
	for i := range claims.Items {
		claim := &claims.Items[i]
		if claim.Status.Phase == core.ClaimPending && claim.Annotations[selectedNode] != "" {
			err = a.provision(ctx, claim)
		} else if claim.Status.Phase == core.ClaimBound {
			err = a.grow(ctx, claim)
		}
		if err != nil {
			return err
		}
	}
	return a.deleteReleased(ctx)
}

func (a *agent) provision(ctx context.Context, claim *core.PersistentVolumeClaim) error {
	class, err := a.client.StorageV1().StorageClasses().Get(ctx, *claim.Spec.StorageClassName, meta.GetOptions{})
	if err != nil || class.Provisioner != provisioner || claim.Spec.VolumeName != "" {
		return err
	}
	name := "pvc-" + string(claim.UID)
	if _, err := a.client.CoreV1().PersistentVolumes().Get(ctx, name, meta.GetOptions{}); err == nil {
		return nil
	}
	node, err := a.client.CoreV1().Nodes().Get(ctx, claim.Annotations[selectedNode], meta.GetOptions{})
	if err != nil {
		return err
	}
	_, err = a.client.CoreV1().PersistentVolumes().Create(ctx, volumeFor(claim, class, name, node.Labels[zoneLabel]), meta.CreateOptions{})
	if err == nil {
		a.tell(ctx, claimReference(claim), provisioner, core.EventTypeNormal, "ProvisioningSucceeded",
			"Successfully provisioned volume "+name)
	}
	return err
}

func volumeFor(claim *core.PersistentVolumeClaim, class *storage.StorageClass, name, zone string) *core.PersistentVolume {
	reference := claimReference(claim)
	return &core.PersistentVolume{
		ObjectMeta: meta.ObjectMeta{Name: name,
			Annotations: map[string]string{"pv.kubernetes.io/provisioned-by": provisioner}},
		Spec: core.PersistentVolumeSpec{
			Capacity:                      core.ResourceList{core.ResourceStorage: *claim.Spec.Resources.Requests.Storage()},
			AccessModes:                   claim.Spec.AccessModes,
			ClaimRef:                      &reference,
			PersistentVolumeReclaimPolicy: *class.ReclaimPolicy,
			StorageClassName:              class.Name,
			PersistentVolumeSource: core.PersistentVolumeSource{
				CSI: &core.CSIPersistentVolumeSource{Driver: provisioner, VolumeHandle: "vol-" + name[len(name)-12:]}},
			NodeAffinity: &core.VolumeNodeAffinity{Required: &core.NodeSelector{
				NodeSelectorTerms: []core.NodeSelectorTerm{{MatchExpressions: []core.NodeSelectorRequirement{
					{Key: zoneLabel, Operator: core.NodeSelectorOpIn, Values: []string{zone}}}}}}},
		},
	}
}

func claimReference(claim *core.PersistentVolumeClaim) core.ObjectReference {
	return core.ObjectReference{Kind: "PersistentVolumeClaim", APIVersion: "v1",
		Namespace: claim.Namespace, Name: claim.Name, UID: claim.UID}
}

func (a *agent) grow(ctx context.Context, claim *core.PersistentVolumeClaim) error {
	wanted := claim.Spec.Resources.Requests.Storage()
	if claim.Status.Capacity.Storage().Cmp(*wanted) >= 0 {
		return nil
	}
	volume, err := a.client.CoreV1().PersistentVolumes().Get(ctx, claim.Spec.VolumeName, meta.GetOptions{})
	if err != nil || volume.Spec.CSI == nil || volume.Spec.CSI.Driver != provisioner {
		return err
	}
	volume.Spec.Capacity[core.ResourceStorage] = *wanted
	if _, err = a.client.CoreV1().PersistentVolumes().Update(ctx, volume, meta.UpdateOptions{}); err != nil {
		return err
	}
	claim.Status.Capacity[core.ResourceStorage] = *wanted
	claim.Status.Conditions = nil
	_, err = a.client.CoreV1().PersistentVolumeClaims(claim.Namespace).UpdateStatus(ctx, claim, meta.UpdateOptions{})
	if err == nil {
		a.tell(ctx, claimReference(claim), "kubelet", core.EventTypeNormal, "FileSystemResizeSuccessful",
			"volume grown to "+wanted.String())
	}
	return err
}

func (a *agent) deleteReleased(ctx context.Context) error {
	volumes, err := a.client.CoreV1().PersistentVolumes().List(ctx, meta.ListOptions{})
	if err != nil {
		return err
	}
	for _, volume := range volumes.Items {
		if volume.Status.Phase == core.VolumeReleased &&
			volume.Spec.PersistentVolumeReclaimPolicy == core.PersistentVolumeReclaimDelete {
			err := a.client.CoreV1().PersistentVolumes().Delete(ctx, volume.Name, meta.DeleteOptions{})
			if err != nil {
				return err
			}
		}
	}
	return nil
}
